//! The result of the last check of a link in a publication.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_check")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub address: String,
    /// The time of the last check; `None` if the link is new.
    pub checked_at: Option<DateTimeUtc>,
    /// The words for the editor that say what is wrong; `None` if the page answered.
    #[sea_orm(column_type = "Text", nullable)]
    pub fault: Option<String>,
    /// The number of checks in a row that failed.
    pub failures: i32,
}

impl ActiveModelBehavior for ActiveModel {}
