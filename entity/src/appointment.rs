//! One sitting, with one or two experts.
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
    /// Holds a time that is offered to a company which waits for an earlier one.
    pub waiting_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<AppointmentStatus>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub mode: Coded<AppointmentMode>,
    #[sea_orm(column_type = "Text")]
    pub place: String,
    /// The prefecture of a visit (JIS X 0401), by which its ways were reckoned; none where it is not known.
    pub site: Option<i16>,
    /// The calendar entry's UID (RFC 5545 section 3.8.4.7).
    #[sea_orm(column_type = "Text")]
    pub uid: String,
    /// The calendar entry's SEQUENCE (RFC 5545 section 3.8.7.4).
    pub sequence: i32,
    pub held_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub end_reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
