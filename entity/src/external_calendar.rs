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
    /// The address, user and password, sealed with the server's secret.
    #[sea_orm(column_type = "Text")]
    pub access: String,
    /// Whether bookings are put into it.
    pub writes: bool,
    pub blocks_when_stale: bool,
    /// Whether its busy times take the expert's time now.
    pub blocking: bool,
    /// What the server called the state that was read last.
    #[sea_orm(column_type = "Text", nullable)]
    pub version: Option<String>,
    pub created_at: DateTimeUtc,
    /// When it is fetched next.
    pub due_at: DateTimeUtc,
    /// When it was last known to be as it is here.
    pub fetched_at: DateTimeUtc,
    /// When it was last read as a whole.
    pub read_at: DateTimeUtc,
    pub failing_since: Option<DateTimeUtc>,
    pub failures: i32,
    /// Why the last fetch failed, for the expert.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// Events that could not be read.
    pub unread: i32,
    /// Events in a time zone that nobody knows.
    pub unknown_zones: i32,
    pub lease_token: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
