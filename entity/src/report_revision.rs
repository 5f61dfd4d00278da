//! An earlier content of a report that was corrected after the company had got it.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: Uuid,
    /// The version of the report that had this content.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub body: Json,
    /// When it was replaced, by whom and why.
    pub replaced_at: DateTimeUtc,
    pub replaced_by: Uuid,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}
