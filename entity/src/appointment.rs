//! An appointment with one or two experts.
use codes::{AppointmentMode, AppointmentStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub consultation_id: Option<Uuid>,
    pub draft_id: Option<Uuid>,
    /// The entry of the waiting list for which the time is held: a company that waits for an earlier time.
    pub waiting_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<AppointmentStatus>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub mode: Coded<AppointmentMode>,
    #[sea_orm(column_type = "Text")]
    pub place: String,
    /// The prefecture of a visit (JIS X 0401), from which the travel times were computed; `None` if it is not
    /// known.
    pub site: Option<i16>,
    /// The UID of the calendar entry (RFC 5545 section 3.8.4.7).
    #[sea_orm(column_type = "Text")]
    pub uid: String,
    /// The SEQUENCE of the calendar entry (RFC 5545 section 3.8.7.4).
    pub sequence: i32,
    pub held_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub end_reason: Option<String>,
    /// Whether it makes up for a field that was not given because its expert did not come.
    pub makes_up: bool,
}

impl ActiveModelBehavior for ActiveModel {}
