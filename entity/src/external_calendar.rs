//! A calendar of an expert that is kept elsewhere.
use codes::CalendarKind;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_calendar")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub expert_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<CalendarKind>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The part of the address that may be shown.
    #[sea_orm(column_type = "Text")]
    pub host: String,
    /// The address, user and password, encrypted with the server's secret.
    #[sea_orm(column_type = "Text")]
    pub access: String,
    /// Whether appointments are written into it.
    pub writes: bool,
    pub blocks_when_stale: bool,
    /// Whether its busy times block the expert's time now.
    pub blocking: bool,
    /// The server's name for the state that was read last.
    #[sea_orm(column_type = "Text", nullable)]
    pub version: Option<String>,
    pub created_at: DateTimeUtc,
    /// The instant of the next fetch.
    pub due_at: DateTimeUtc,
    /// The instant at which the stored busy times were last known to be current.
    pub fetched_at: DateTimeUtc,
    /// The instant at which the calendar was last read completely.
    pub read_at: DateTimeUtc,
    pub failing_since: Option<DateTimeUtc>,
    pub failures: i32,
    /// The reason for which the last fetch failed, as a text for the expert.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// The number of events that could not be read.
    pub unread: i32,
    /// The number of events in an unknown time zone.
    pub unknown_zones: i32,
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
