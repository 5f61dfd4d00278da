//! A sitting that an expert was told of and has no part in any more.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cancelled_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub appointment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub expert_id: Uuid,
    /// When it was to take place, as far as the expert knows.
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    /// The SEQUENCE of the entry that takes it out of the expert's calendar.
    pub sequence: i32,
    pub left_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
