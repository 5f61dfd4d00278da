//! An appointment of which an expert was told and in which the expert no longer takes part.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cancelled_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub expert_id: Uuid,
    /// The start of the appointment as the expert was told it last.
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    /// The SEQUENCE of the entry that removes the appointment from the expert's calendar.
    pub sequence: i32,
    pub left_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
