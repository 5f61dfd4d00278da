//! What there is to write about: the occasions of `docs/spec/lifecycle.md` §5, each with what its letter needs.
use chrono::{DateTime, Utc};
use domain::{
    appointment::SessionMode, calendar::BusinessCalendar, consultation::UnfulfilledReason, field::Fields,
    id::ConsultationId, number::CaseNumber, settings::Settings,
};

use crate::{
    mail::text::{TextKind, Texts},
    url::Site,
};

/// Whom a letter goes to.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    pub address: &'a str,
    pub name: &'a str,
}

/// The consultation that a letter is about, and the house that writes it.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub id: ConsultationId,
    pub number: &'a CaseNumber,
    pub company_name: &'a str,
    pub contact_name: &'a str,
    pub fields: Fields,
    /// Until the address is confirmed nothing that the form said is repeated to it, not even a name.
    pub address_confirmed: bool,
    pub house: House<'a>,
}

/// Who writes, when, and from where.
#[derive(Clone, Copy, Debug)]
pub struct House<'a> {
    pub settings: &'a Settings,
    pub calendar: &'a BusinessCalendar,
    pub site: &'a Site,
    /// What the administrator has written anew.
    pub texts: &'a Texts,
    /// The bare address of the organizer of invitations, to which calendar programs send their answers.
    pub organizer: &'a str,
    pub now: DateTime<Utc>,
}

/// One sitting as a letter tells it.
#[derive(Clone, Copy, Debug)]
pub struct Sitting<'a> {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: SessionMode,
    pub place: &'a str,
    /// The experts' names, in order.
    pub experts: &'a [String],
    /// RFC 5545 UID and SEQUENCE of the calendar entry.
    pub uid: &'a str,
    pub sequence: i32,
}

/// Who reads a letter that goes to both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<'a> {
    /// With the address that opens the company's page.
    Company {
        portal: &'a str,
    },
    Expert,
    Center,
}

/// Why there is something to write. A `portal` is the absolute address that opens the company's page.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'a> {
    Acknowledgement {
        /// Opens the page that confirms the address.
        confirm: &'a str,
        /// The slot that was chosen, held until then.
        slot: Option<(Sitting<'a>, DateTime<Utc>)>,
        received_at: DateTime<Utc>,
        first_contact_due: DateTime<Utc>,
    },
    Question {
        portal: &'a str,
        text: &'a str,
    },
    SlotsToChoose {
        portal: &'a str,
        experts: &'a [String],
    },
    /// A time has become free that the company was waiting for.
    EarlierTime {
        /// The address of the page with 「この日時にする」 and 「見送る」.
        answer: &'a str,
        sitting: Sitting<'a>,
        /// What it has now.
        booked: Option<DateTime<Utc>>,
        /// Until when the time is held.
        until: DateTime<Utc>,
    },
    /// Nobody could take the request at that time; the center looks again.
    BackAtCenter {
        portal: &'a str,
    },
    Booked {
        side: Side<'a>,
        sitting: Sitting<'a>,
        change_until: DateTime<Utc>,
    },
    Moved {
        side: Side<'a>,
        sitting: Sitting<'a>,
        change_until: DateTime<Utc>,
        was: DateTime<Utc>,
    },
    /// Another expert comes at the same time; `was` is who was to come.
    ExpertChanged {
        side: Side<'a>,
        sitting: Sitting<'a>,
        was: &'a [String],
    },
    /// To the expert whose place another one has taken.
    Relieved {
        sitting: Sitting<'a>,
    },
    /// An online session takes place in another room, at the same time.
    Room {
        side: Side<'a>,
        sitting: Sitting<'a>,
    },
    /// `reason` is empty when the canceller gave none to pass on.
    Cancelled {
        side: Side<'a>,
        sitting: Sitting<'a>,
        reason: &'a str,
    },
    Reminder {
        side: Side<'a>,
        sitting: Sitting<'a>,
    },
    ReportReady {
        portal: &'a str,
    },
    Survey {
        answer: &'a str,
    },
    /// `answer` is the address of the one-click page; the letter adds `?answer=…` for each choice.
    FollowUp {
        /// How the question begins, or the question itself.
        lead: &'a str,
        answer: &'a str,
    },
    NewMessage {
        side: Side<'a>,
    },
    /// `cancelled`, here and in the next two: the booking that went with it, told in the same letter.
    Withdrawn {
        side: Side<'a>,
        cancelled: Option<Sitting<'a>>,
    },
    Unfulfilled {
        reason: UnfulfilledReason,
        cancelled: Option<Sitting<'a>>,
    },
    Referred {
        organization: &'a str,
        note: &'a str,
        cancelled: Option<Sitting<'a>>,
    },
    Request {
        /// The address of the page with 「引き受ける」 and 「断る」.
        answer: &'a str,
        fields: Fields,
        /// The held slot, where the company has chosen one.
        slot: Option<Sitting<'a>>,
        due_at: DateTime<Utc>,
        /// 都道府県・業種・従業員数 and themes, as lines.
        outline: &'a [String],
    },
    RequestReminder {
        answer: &'a str,
        due_at: DateTime<Utc>,
    },
    /// `slot`, here and in the next: the sitting that goes from the expert's calendar.
    RequestLapsed {
        slot: Option<Sitting<'a>>,
    },
    RequestWithdrawn {
        slot: Option<Sitting<'a>>,
    },
    /// The expert has said no to an invitation, elsewhere than in the calendar.
    RequestDeclined {
        sitting: Sitting<'a>,
    },
    ReportDue {
        due_at: DateTime<Utc>,
        overdue: bool,
    },
    ReportReturned {
        reason: &'a str,
    },
    NobodyLeft,
    /// Nobody has been found yet who takes the place of an expert who will be away. `page` is where they are asked.
    SubstituteNeeded {
        sitting: Sitting<'a>,
        declined: &'a str,
        page: &'a str,
    },
    /// A mail to somebody of the case did not arrive. `reason` is the server's, and may be empty.
    Undelivered {
        address: &'a str,
        reason: &'a str,
    },
    /// Somebody else was to come to a sitting instead.
    NoDelegates {
        is_company: bool,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    },
    HandOverAccepted,
    /// One sentence: what became of the hand-over.
    HandOverResult {
        result: &'a str,
    },
}

/// Letters that are about no consultation.
#[derive(Clone, Copy, Debug)]
pub enum PlainOccasion<'a> {
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
    /// An expert will be away at the time of these sessions, a line each.
    AbsenceOverBookings {
        expert: &'a str,
        days: &'a str,
        lines: &'a [String],
    },
    /// Numbers of new and of overdue consultations, and a line for each of the most urgent.
    Digest {
        new: u64,
        overdue: u64,
        lines: &'a [String],
        /// Where the reader stops these mails; empty for the center's own mailbox.
        stop: &'a str,
    },
    /// An expert's week, as lines.
    WeeklyDigest {
        sessions: &'a [String],
        requests: &'a [String],
        reports: &'a [String],
        stop: &'a str,
    },
}

impl Occasion<'_> {
    /// The session that the letter puts into its reader's calendar, or takes out of it, if its text does so.
    pub const fn calendar_sitting(&self) -> Option<&Sitting<'_>> {
        match self {
            Self::Booked { sitting, .. }
            | Self::Moved { sitting, .. }
            | Self::ExpertChanged { sitting, .. }
            | Self::Relieved { sitting }
            | Self::Room { sitting, .. }
            | Self::Cancelled { sitting, .. }
            | Self::RequestDeclined { sitting } => Some(sitting),
            Self::Withdrawn { cancelled: it, .. }
            | Self::Unfulfilled { cancelled: it, .. }
            | Self::Referred { cancelled: it, .. }
            | Self::Request { slot: it, .. }
            | Self::RequestLapsed { slot: it }
            | Self::RequestWithdrawn { slot: it } => it.as_ref(),
            Self::Acknowledgement { .. }
            | Self::Question { .. }
            | Self::SlotsToChoose { .. }
            | Self::EarlierTime { .. }
            | Self::BackAtCenter { .. }
            | Self::Reminder { .. }
            | Self::ReportReady { .. }
            | Self::Survey { .. }
            | Self::FollowUp { .. }
            | Self::NewMessage { .. }
            | Self::RequestReminder { .. }
            | Self::ReportDue { .. }
            | Self::ReportReturned { .. }
            | Self::NobodyLeft
            | Self::SubstituteNeeded { .. }
            | Self::Undelivered { .. }
            | Self::NoDelegates { .. }
            | Self::HandOverAccepted
            | Self::HandOverResult { .. } => None,
        }
    }
}

impl TextKind {
    /// The text of an occasion. An occasion without one does not compile.
    pub const fn of(occasion: &Occasion<'_>) -> Self {
        match occasion {
            Occasion::Acknowledgement { .. } => Self::Acknowledgement,
            Occasion::Question { .. } => Self::Question,
            Occasion::SlotsToChoose { .. } => Self::SlotsToChoose,
            Occasion::EarlierTime { .. } => Self::EarlierTime,
            Occasion::BackAtCenter { .. } => Self::BackAtCenter,
            Occasion::Booked { side, .. } => {
                side_of(side, [Self::BookedCompany, Self::BookedExpert, Self::BookedCenter])
            }
            Occasion::Moved { side, .. } => {
                side_of(side, [Self::MovedCompany, Self::MovedExpert, Self::MovedCenter])
            }
            Occasion::ExpertChanged { side, .. } => side_of(
                side,
                [Self::ExpertChangedCompany, Self::ExpertChangedExpert, Self::ExpertChangedCenter],
            ),
            Occasion::Relieved { .. } => Self::Relieved,
            Occasion::Room { side, .. } => {
                side_of(side, [Self::RoomCompany, Self::RoomExpert, Self::RoomCenter])
            }
            Occasion::Cancelled { side, .. } => {
                side_of(side, [Self::CancelledCompany, Self::CancelledExpert, Self::CancelledCenter])
            }
            Occasion::Reminder { side, .. } => {
                side_of(side, [Self::ReminderCompany, Self::ReminderExpert, Self::ReminderCenter])
            }
            Occasion::ReportReady { .. } => Self::ReportReady,
            Occasion::Survey { .. } => Self::Survey,
            Occasion::FollowUp { .. } => Self::FollowUp,
            Occasion::NewMessage { side } => {
                side_of(side, [Self::NewMessageCompany, Self::NewMessageExpert, Self::NewMessageCenter])
            }
            Occasion::Withdrawn { side, .. } => {
                side_of(side, [Self::WithdrawnCompany, Self::WithdrawnExpert, Self::WithdrawnCenter])
            }
            Occasion::Unfulfilled { .. } => Self::Unfulfilled,
            Occasion::Referred { .. } => Self::Referred,
            Occasion::Request { .. } => Self::Request,
            Occasion::RequestReminder { .. } => Self::RequestReminder,
            Occasion::RequestLapsed { .. } => Self::RequestLapsed,
            Occasion::RequestWithdrawn { .. } => Self::RequestWithdrawn,
            Occasion::RequestDeclined { .. } => Self::RequestDeclined,
            Occasion::ReportDue { .. } => Self::ReportDue,
            Occasion::ReportReturned { .. } => Self::ReportReturned,
            Occasion::NobodyLeft => Self::NobodyLeft,
            Occasion::SubstituteNeeded { .. } => Self::SubstituteNeeded,
            Occasion::Undelivered { .. } => Self::Undelivered,
            Occasion::NoDelegates { is_company: true, .. } => Self::NoDelegatesCompany,
            Occasion::NoDelegates { is_company: false, .. } => Self::NoDelegatesExpert,
            Occasion::HandOverAccepted => Self::HandOverAccepted,
            Occasion::HandOverResult { .. } => Self::HandOverResult,
        }
    }

    /// The text of an occasion without a consultation.
    pub const fn of_plain(occasion: &PlainOccasion<'_>) -> Self {
        match occasion {
            PlainOccasion::SignIn { .. } => Self::SignIn,
            PlainOccasion::ResumeDraft { .. } => Self::ResumeDraft,
            PlainOccasion::Invitation { .. } => Self::Invitation,
            PlainOccasion::PasswordReset { .. } => Self::PasswordReset,
            PlainOccasion::Digest { .. } => Self::Digest,
            PlainOccasion::WeeklyDigest { .. } => Self::WeeklyDigest,
            PlainOccasion::AbsenceOverBookings { .. } => Self::Absence,
        }
    }
}

const fn side_of(side: &Side<'_>, [company, expert, center]: [TextKind; 3]) -> TextKind {
    match side {
        Side::Company { .. } => company,
        Side::Expert => expert,
        Side::Center => center,
    }
}
