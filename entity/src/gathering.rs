//! An event as it was published last, and what has become of it.
use codes::GatheringKind;
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub publication_id: Uuid,
    /// The number in the public address.
    pub number: i32,
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<GatheringKind>,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// The venue; empty if there is none.
    #[sea_orm(column_type = "Text")]
    pub place: String,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub deadline: DateTimeUtc,
    /// The numbers of seats; `None` if there are none of the kind.
    pub venue_seats: Option<i32>,
    pub online_seats: Option<i32>,
    /// The experts of a consultation day, as JSON.
    #[sea_orm(column_type = "Text")]
    pub experts: String,
    /// The address of the online meeting, which only participants see.
    #[sea_orm(column_type = "Text", nullable)]
    pub online_link: Option<String>,
    /// The materials, one title and address a line.
    #[sea_orm(column_type = "Text", nullable)]
    pub materials: Option<String>,
    /// The SEQUENCE of the calendar entries, which rises when time or place change.
    pub sequence: i32,
    pub called_off_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub call_off_reason: Option<String>,
    /// The time at which the mail after the event was written.
    pub thanked_at: Option<DateTimeUtc>,
    /// The time at which the names and addresses of the participants were erased.
    pub erased_at: Option<DateTimeUtc>,
    /// The time at which editors and center were asked for the meeting link that is missing.
    pub link_asked_at: Option<DateTimeUtc>,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
