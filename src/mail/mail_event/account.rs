//! Events that cause a mail to an account, or to a person who has no consultation yet.
use chrono::{DateTime, Utc};

use super::{GatheringMailEvent, RegistrationMailEvent};
use crate::mail::text::TextKind;

/// The event that causes a mail about no consultation.
#[derive(Clone, Copy, Debug)]
pub enum AccountMailEvent<'a> {
    SignIn {
        link: &'a str,
    },
    ResumeDraft {
        link: &'a str,
        expires_at: DateTime<Utc>,
    },
    Invitation {
        link: &'a str,
        role: &'a str,
    },
    PasswordReset {
        link: &'a str,
    },
    /// An expert will be absent at the time of these appointments, one line each.
    AbsenceOverBookings {
        expert: &'a str,
        days: &'a str,
        lines: &'a [String],
    },
    /// The numbers of new and of overdue consultations, and one line for each of the most urgent.
    Digest {
        new: u64,
        overdue: u64,
        /// The number of consultations in which nothing has happened for days.
        stalled: u64,
        /// The number of consultations whose company has to be called.
        calls: u64,
        lines: &'a [String],
        /// The address at which the reader unsubscribes from these mails; empty for the center's own mailbox.
        stop: &'a str,
    },
    /// The center has handed a case over to a desk. The link leads to the desk's page of it.
    HandedBack {
        link: &'a str,
    },
    /// News for a participant of an event of the programme.
    Gathering(GatheringMailEvent<'a>),
    /// News for a registrant of a telework month.
    Registration(RegistrationMailEvent<'a>),
    /// Registrations wait for a decision of the center.
    RegistrationsWaiting {
        campaign: &'a str,
        count: u64,
        /// The time since which the first of them waits.
        since: DateTime<Utc>,
        /// The address of the page on which they wait.
        page: &'a str,
    },
    /// An expert's week, in lines.
    WeeklyDigest {
        appointments: &'a [String],
        requests: &'a [String],
        reports: &'a [String],
        stop: &'a str,
    },
}

impl TextKind {
    /// Returns the text of an event that is about no consultation.
    pub const fn of_plain(mail_event: &AccountMailEvent<'_>) -> Self {
        match mail_event {
            AccountMailEvent::SignIn { .. } => Self::SignIn,
            AccountMailEvent::ResumeDraft { .. } => Self::ResumeDraft,
            AccountMailEvent::Invitation { .. } => Self::Invitation,
            AccountMailEvent::PasswordReset { .. } => Self::PasswordReset,
            AccountMailEvent::Digest { .. } => Self::Digest,
            AccountMailEvent::WeeklyDigest { .. } => Self::WeeklyDigest,
            AccountMailEvent::AbsenceOverBookings { .. } => Self::Absence,
            AccountMailEvent::HandedBack { .. } => Self::HandedBack,
            AccountMailEvent::Gathering(event) => event.text(),
            AccountMailEvent::Registration(event) => event.text(),
            AccountMailEvent::RegistrationsWaiting { .. } => Self::RegistrationsWaiting,
        }
    }
}
