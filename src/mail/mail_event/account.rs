//! Events that cause a mail to an account, or to a person who has no consultation yet.
use chrono::{DateTime, NaiveDate, Utc};
use domain::number::CaseNumber;

use super::{GatheringMailEvent, NetworkMailEvent, RegistrationMailEvent, SurveyMailEvent};
use crate::mail::text::TextKind;

/// The numbers of the center's digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestCounts {
    pub new: u64,
    pub overdue: u64,
    /// Consultations in which nothing has happened for days.
    pub stalled: u64,
    /// Consultations whose company has to be called.
    pub calls: u64,
    /// Consultations with a message that has no response yet.
    pub unanswered: u64,
    /// The number of them whose response is overdue.
    pub late_responses: u64,
    /// Reports that wait for the center.
    pub reports: u64,
    /// The reader's own tasks that are due today or before.
    pub tasks: u64,
}

impl DigestCounts {
    /// Returns counts that are all `n`, as an example.
    pub const fn of_each(n: u64) -> Self {
        Self {
            new: n,
            overdue: n,
            stalled: n,
            calls: n,
            unanswered: n,
            late_responses: n,
            reports: n,
            tasks: n,
        }
    }

    /// Returns whether there is nothing to tell.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// The news of an account that its owner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityNews<'a> {
    PasswordChanged,
    /// A sign-in from a browser that the account had not used.
    NewDevice {
        /// The words for the device.
        device: &'a str,
        network: &'a str,
    },
    /// A network is locked out of the account.
    Locked {
        network: &'a str,
    },
    FactorSet,
    FactorRemoved,
    /// An administrator has removed the second factor.
    FactorReset,
}

/// The notice before consultations are erased whose time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureMailEvent<'a> {
    /// The first day on which they are erased.
    pub day: NaiveDate,
    pub contacts: u64,
    pub records: u64,
    /// The address of the page on which they are listed.
    pub page: &'a str,
}

/// The event that causes a mail about no consultation.
#[derive(Clone, Copy, Debug)]
pub enum AccountMailEvent<'a> {
    SignIn {
        link: &'a str,
        expires_at: DateTime<Utc>,
    },
    ResumeDraft {
        link: &'a str,
        expires_at: DateTime<Utc>,
    },
    Invitation {
        link: &'a str,
        role: &'a str,
        expires_at: DateTime<Utc>,
    },
    PasswordReset {
        link: &'a str,
        expires_at: DateTime<Utc>,
    },
    /// Something has happened to the account. The link leads to `page`.
    Security {
        news: SecurityNews<'a>,
        at: DateTime<Utc>,
        page: &'a str,
    },
    /// An expert will be absent at the time of these appointments, one line each.
    AbsenceOverBookings {
        expert: &'a str,
        days: &'a str,
        lines: &'a [String],
    },
    /// The numbers of new and of overdue consultations, and one line for each of the most urgent.
    Digest {
        counts: DigestCounts,
        lines: &'a [String],
        /// The address at which the reader unsubscribes from these mails; empty for the center's own mailbox.
        stop: &'a str,
    },
    /// The center has handed a case over to a desk. The link leads to the desk's page of it.
    HandedBack {
        link: &'a str,
        number: &'a CaseNumber,
        /// Until when the company is called.
        due_at: DateTime<Utc>,
    },
    /// The desk has not called the company yet on the last day.
    HandedBackReminder {
        link: &'a str,
        number: &'a CaseNumber,
        due_at: DateTime<Utc>,
    },
    /// No person can sign in at a desk any more. The lines say what it holds.
    DeskUnstaffed {
        desk: &'a str,
        lines: &'a [String],
    },
    /// The meeting link of an event is missing. `page` is where it is entered.
    LinkMissing {
        title: &'a str,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
        page: &'a str,
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
    /// The statistics of a month are closed, and wait for the center's comment.
    EditionClosed {
        month: &'a str,
        until: DateTime<Utc>,
        /// The address of the page of the edition.
        page: &'a str,
    },
    /// Consultations whose time is over are about to be erased.
    ErasureAhead(ErasureMailEvent<'a>),
    /// A survey asks for answers.
    Survey(SurveyMailEvent<'a>),
    /// News of the network of companies that have introduced telework.
    Network(NetworkMailEvent<'a>),
    /// Reports of doubtful requests wait for the center.
    DoubtsWaiting {
        count: u64,
        /// The day by which the first of them is to be looked at.
        look_by: NaiveDate,
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
            AccountMailEvent::Security { news, .. } => match news {
                SecurityNews::PasswordChanged => Self::PasswordChanged,
                SecurityNews::NewDevice { .. } => Self::NewDevice,
                SecurityNews::Locked { .. } => Self::SignInLocked,
                SecurityNews::FactorSet => Self::FactorSet,
                SecurityNews::FactorRemoved => Self::FactorRemoved,
                SecurityNews::FactorReset => Self::FactorReset,
            },
            AccountMailEvent::Digest { .. } => Self::Digest,
            AccountMailEvent::WeeklyDigest { .. } => Self::WeeklyDigest,
            AccountMailEvent::AbsenceOverBookings { .. } => Self::Absence,
            AccountMailEvent::HandedBack { .. } => Self::HandedBack,
            AccountMailEvent::HandedBackReminder { .. } => Self::HandedBackReminder,
            AccountMailEvent::DeskUnstaffed { .. } => Self::DeskUnstaffed,
            AccountMailEvent::LinkMissing { .. } => Self::LinkMissing,
            AccountMailEvent::Gathering(event) => event.text(),
            AccountMailEvent::Registration(event) => event.text(),
            AccountMailEvent::RegistrationsWaiting { .. } => Self::RegistrationsWaiting,
            AccountMailEvent::EditionClosed { .. } => Self::EditionClosed,
            AccountMailEvent::ErasureAhead(_) => Self::ErasureAhead,
            AccountMailEvent::Survey(event) => event.text(),
            AccountMailEvent::Network(event) => event.text(),
            AccountMailEvent::DoubtsWaiting { .. } => Self::DoubtsWaiting,
        }
    }
}
