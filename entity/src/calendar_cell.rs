//! A quarter hour of an expert that an appointment owns, with its travel times and buffers.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub expert_id: Uuid,
    /// The number of quarter hours since 1970-01-01T00:00:00Z.
    #[sea_orm(primary_key, auto_increment = false)]
    pub quarter: i64,
    /// 0 unless the quarter hour is travel beside another visit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: i16,
    pub appointment_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
