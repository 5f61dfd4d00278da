//! An entry of the waiting list: a company that wants an earlier time.
use codes::WaitingEndReason;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "waiting_list_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Uuid,
    pub preferred_times: Json,
    pub since: DateTimeUtc,
    /// The number of offers that were declined or not answered.
    pub turned_down: i16,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub end_reason: Option<Coded<WaitingEndReason>>,
}

impl ActiveModelBehavior for ActiveModel {}
