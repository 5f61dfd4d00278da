//! Two cases that belong together and stay two.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "related_case")]
pub struct Model {
    /// The case with the smaller id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub first_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub second_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub related_by: Uuid,
    pub related_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
