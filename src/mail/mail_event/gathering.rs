//! Events that cause a mail to a person who signs up for a seminar, a ceremony or another event of the programme.
use chrono::{DateTime, Utc};
use domain::gathering::SeatKind;

use crate::mail::text::TextKind;

/// An event as a mail to one participant describes it.
#[derive(Clone, Copy, Debug)]
pub struct EventText<'a> {
    pub title: &'a str,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The venue; empty if there is none.
    pub place: &'a str,
    /// The UID of the participant's calendar entry (RFC 5545). `sequence` is its SEQUENCE.
    pub uid: &'a str,
    pub sequence: i32,
    pub seat: SeatKind,
    /// The number of the seat, if the participant has one.
    pub number: Option<i32>,
    /// The address of the participant's own page.
    pub page: &'a str,
    /// The public address of the event, which may stand in a calendar that others see.
    pub public_page: &'a str,
}

/// The cause of a mail to a participant.
#[derive(Clone, Copy, Debug)]
pub enum GatheringNews<'a> {
    /// The address is to be confirmed.
    Confirm {
        until: DateTime<Utc>,
    },
    /// The address has a sign-up already.
    Known,
    Seated,
    Waiting,
    /// A seat became free and is held.
    Offered {
        until: DateTime<Utc>,
    },
    /// The offer was not answered in time.
    OfferLapsed,
    /// No seat became free.
    WaitEnded,
    /// The participant has given the seat back.
    SeatCancelled,
    /// Time or place have changed. `was` is the earlier start.
    Moved {
        was: DateTime<Utc>,
    },
    /// The event does not take place.
    CalledOff {
        reason: &'a str,
    },
    DayReminder,
    HourReminder,
    /// The meeting link is there, which was missing when the participant was to be reminded of the start.
    LinkReady,
    /// The event is over: materials and questionnaire.
    Thanks {
        has_materials: bool,
        answers_until: DateTime<Utc>,
    },
}

/// A mail about an event to one participant.
#[derive(Clone, Copy, Debug)]
pub struct GatheringMailEvent<'a> {
    pub news: GatheringNews<'a>,
    pub event: EventText<'a>,
}

impl GatheringMailEvent<'_> {
    pub const fn text(&self) -> TextKind {
        match self.news {
            GatheringNews::Confirm { .. } => TextKind::SignUpConfirm,
            GatheringNews::Known => TextKind::SignUpKnown,
            GatheringNews::Seated => TextKind::SignUpSeated,
            GatheringNews::Waiting => TextKind::SignUpWaiting,
            GatheringNews::Offered { .. } => TextKind::SeatOffered,
            GatheringNews::OfferLapsed => TextKind::SeatOfferLapsed,
            GatheringNews::WaitEnded => TextKind::WaitEnded,
            GatheringNews::SeatCancelled => TextKind::SeatCancelled,
            GatheringNews::Moved { .. } => TextKind::EventMoved,
            GatheringNews::CalledOff { .. } => TextKind::EventCalledOff,
            GatheringNews::DayReminder => TextKind::EventReminder,
            GatheringNews::HourReminder => TextKind::EventSoon,
            GatheringNews::LinkReady => TextKind::EventLink,
            GatheringNews::Thanks { .. } => TextKind::EventThanks,
        }
    }

    /// Returns whether the mail has a calendar part: its reader has a seat and its text speaks of one.
    pub const fn has_calendar_part(&self) -> bool {
        self.event.number.is_some() && self.text().calendar().is_some()
    }
}
