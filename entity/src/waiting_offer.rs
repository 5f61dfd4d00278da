//! A time that became free and is held for one company until it has answered.
use codes::WaitingOfferState;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waiting_offer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub waiting_id: Uuid,
    /// The appointment that holds the time.
    pub appointment_id: Uuid,
    pub starts_at: DateTimeUtc,
    pub offered_at: DateTimeUtc,
    pub until: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<WaitingOfferState>,
    pub answered_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
