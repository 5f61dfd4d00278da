//! Whether others than the center see an edition of the statistics, and the center's comment on it.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "edition_release")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub month: String,
    /// The time until which the center can comment. It is released then by itself.
    pub comment_until: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub comment: Option<String>,
    pub commented_by: Option<Uuid>,
    pub commented_at: Option<DateTimeUtc>,
    pub released_at: Option<DateTimeUtc>,
    /// The person who released it; `None` if it was released by itself.
    pub released_by: Option<Uuid>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
