//! An appointment that is written into an external calendar, and the state of its entry there.
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
    /// The path of the entry on the server, which follows from the UID and never changes.
    #[sea_orm(column_type = "Text")]
    pub href: String,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<CalendarEntryStatus>,
    /// The SEQUENCE that was last written.
    pub sequence: i32,
    /// The server's name for the version that we know (its ETag).
    #[sea_orm(column_type = "Text", nullable)]
    pub etag: Option<String>,
    /// The start of the time to which the entry was moved in the external calendar.
    pub moved_from: Option<DateTimeUtc>,
    pub moved_to: Option<DateTimeUtc>,
    /// The instant at which we noticed the change.
    pub noticed_at: Option<DateTimeUtc>,
    pub failures: i32,
    /// The instant before which no further attempt is made.
    pub due_at: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
