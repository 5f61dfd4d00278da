//! The statistics of a month as they were when it was closed. The database refuses to change or delete a row.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statistics_edition")]
pub struct Model {
    /// The month, such as `2026-10`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub month: String,
    pub closed_at: DateTimeUtc,
    /// The counts of the month.
    pub content: Json,
}

impl ActiveModelBehavior for ActiveModel {}
