//! An appointment as it was written into a calendar outside, and what has become of it there.
use codes::CalendarEntryStatus;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source_id: Uuid,
    pub appointment_id: Uuid,
    /// Its path on the server; follows from the UID and never changes.
    #[sea_orm(column_type = "Text")]
    pub href: String,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<CalendarEntryStatus>,
    /// The SEQUENCE that was written last.
    pub sequence: i32,
    /// What the server calls the version that we know.
    #[sea_orm(column_type = "Text", nullable)]
    pub etag: Option<String>,
    /// The time that somebody gave it there.
    pub moved_from: Option<DateTimeUtc>,
    pub moved_to: Option<DateTimeUtc>,
    /// Since when we know of it.
    pub noticed_at: Option<DateTimeUtc>,
    pub failures: i32,
    /// Not tried again before.
    pub due_at: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
