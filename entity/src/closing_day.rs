//! A day on which the center is closed for its own reasons.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "closing_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    /// When the day was added; `None` for days that were there before this was kept.
    pub added_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
