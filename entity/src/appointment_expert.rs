//! An expert who takes part in an appointment.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment_expert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub expert_id: Uuid,
    /// When the report was handed over to another expert or the center, because this expert's account was closed.
    pub report_handed_over_at: Option<DateTimeUtc>,
    /// Whether this expert did not come to the appointment, which the other expert held.
    pub absent: bool,
}

impl ActiveModelBehavior for ActiveModel {}
