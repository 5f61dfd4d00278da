//! A hold that keeps a consultation from being erased: a lawsuit, an audit, a request of the authority.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub placed_by: Uuid,
    pub placed_at: DateTimeUtc,
    pub lifted_by: Option<Uuid>,
    pub lifted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
