//! What there is to write about: the occasions of `docs/spec/lifecycle.md` §5, each with what its letter needs.
use chrono::{DateTime, Utc};
use domain::{
    booking::appointment::AppointmentMode, calendar::BusinessCalendar, consultation::UnfulfilledReason,
    field::Fields, id::ConsultationId, number::CaseNumber, settings::Settings,
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
pub struct MailContext<'a> {
    pub id: ConsultationId,
    pub number: &'a CaseNumber,
    pub company_name: &'a str,
    pub contact_name: &'a str,
    pub fields: Fields,
    /// Until the address is confirmed nothing that the form said is repeated to it, not even a name.
    pub address_confirmed: bool,
    pub house: SenderContext<'a>,
}

/// Who writes, when, and from where.
#[derive(Clone, Copy, Debug)]
pub struct SenderContext<'a> {
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
pub struct AppointmentText<'a> {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: AppointmentMode,
    pub place: &'a str,
    /// The experts' names, in order.
    pub experts: &'a [String],
    /// RFC 5545 UID and SEQUENCE of the calendar entry.
    pub uid: &'a str,
    pub sequence: i32,
}

/// Who reads a letter that goes to both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderSide<'a> {
    /// With the address that opens the company's page.
    Company {
        portal: &'a str,
    },
    Expert,
    Center,
}

/// Why there is something to write. A `portal` is the absolute address that opens the company's page.
#[derive(Clone, Copy, Debug)]
pub enum MailEvent<'a> {
    Acknowledgement {
        /// Opens the page that confirms the address.
        confirm: &'a str,
        /// The slot that was chosen, held until then.
        slot: Option<(AppointmentText<'a>, DateTime<Utc>)>,
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
        sitting: AppointmentText<'a>,
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
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
        change_until: DateTime<Utc>,
    },
    Moved {
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
        change_until: DateTime<Utc>,
        was: DateTime<Utc>,
    },
    /// Another expert comes at the same time; `was` is who was to come.
    ExpertChanged {
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
        was: &'a [String],
    },
    /// To the expert whose place another one has taken.
    Relieved {
        sitting: AppointmentText<'a>,
    },
    /// An online session takes place in another room, at the same time.
    Room {
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
    },
    /// `reason` is empty when the canceller gave none to pass on.
    Cancelled {
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
        reason: &'a str,
    },
    Reminder {
        side: ReaderSide<'a>,
        sitting: AppointmentText<'a>,
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
        side: ReaderSide<'a>,
    },
    /// `cancelled`, here and in the next two: the booking that went with it, told in the same letter.
    Withdrawn {
        side: ReaderSide<'a>,
        cancelled: Option<AppointmentText<'a>>,
    },
    Unfulfilled {
        reason: UnfulfilledReason,
        cancelled: Option<AppointmentText<'a>>,
    },
    Referred {
        organization: &'a str,
        note: &'a str,
        cancelled: Option<AppointmentText<'a>>,
    },
    Request {
        /// The address of the page with 「引き受ける」 and 「断る」.
        answer: &'a str,
        fields: Fields,
        /// The held slot, where the company has chosen one.
        slot: Option<AppointmentText<'a>>,
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
        slot: Option<AppointmentText<'a>>,
    },
    RequestWithdrawn {
        slot: Option<AppointmentText<'a>>,
    },
    /// The expert has said no to an invitation, elsewhere than in the calendar.
    RequestDeclined {
        sitting: AppointmentText<'a>,
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
        sitting: AppointmentText<'a>,
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

impl MailEvent<'_> {
    /// The session that the letter puts into its reader's calendar, or takes out of it, if its text does so.
    pub const fn calendar_sitting(&self) -> Option<&AppointmentText<'_>> {
        match self {
            Self::Booked { sitting: appointment, .. }
            | Self::Moved { sitting: appointment, .. }
            | Self::ExpertChanged { sitting: appointment, .. }
            | Self::Relieved { sitting: appointment }
            | Self::Room { sitting: appointment, .. }
            | Self::Cancelled { sitting: appointment, .. }
            | Self::RequestDeclined { sitting: appointment } => Some(appointment),
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
    pub const fn of(occasion: &MailEvent<'_>) -> Self {
        match occasion {
            MailEvent::Acknowledgement { .. } => Self::Acknowledgement,
            MailEvent::Question { .. } => Self::Question,
            MailEvent::SlotsToChoose { .. } => Self::SlotsToChoose,
            MailEvent::EarlierTime { .. } => Self::EarlierTime,
            MailEvent::BackAtCenter { .. } => Self::BackAtCenter,
            MailEvent::Booked { side, .. } => {
                side_of(side, [Self::BookedCompany, Self::BookedExpert, Self::BookedCenter])
            }
            MailEvent::Moved { side, .. } => {
                side_of(side, [Self::MovedCompany, Self::MovedExpert, Self::MovedCenter])
            }
            MailEvent::ExpertChanged { side, .. } => side_of(
                side,
                [Self::ExpertChangedCompany, Self::ExpertChangedExpert, Self::ExpertChangedCenter],
            ),
            MailEvent::Relieved { .. } => Self::Relieved,
            MailEvent::Room { side, .. } => {
                side_of(side, [Self::RoomCompany, Self::RoomExpert, Self::RoomCenter])
            }
            MailEvent::Cancelled { side, .. } => {
                side_of(side, [Self::CancelledCompany, Self::CancelledExpert, Self::CancelledCenter])
            }
            MailEvent::Reminder { side, .. } => {
                side_of(side, [Self::ReminderCompany, Self::ReminderExpert, Self::ReminderCenter])
            }
            MailEvent::ReportReady { .. } => Self::ReportReady,
            MailEvent::Survey { .. } => Self::Survey,
            MailEvent::FollowUp { .. } => Self::FollowUp,
            MailEvent::NewMessage { side } => {
                side_of(side, [Self::NewMessageCompany, Self::NewMessageExpert, Self::NewMessageCenter])
            }
            MailEvent::Withdrawn { side, .. } => {
                side_of(side, [Self::WithdrawnCompany, Self::WithdrawnExpert, Self::WithdrawnCenter])
            }
            MailEvent::Unfulfilled { .. } => Self::Unfulfilled,
            MailEvent::Referred { .. } => Self::Referred,
            MailEvent::Request { .. } => Self::Request,
            MailEvent::RequestReminder { .. } => Self::RequestReminder,
            MailEvent::RequestLapsed { .. } => Self::RequestLapsed,
            MailEvent::RequestWithdrawn { .. } => Self::RequestWithdrawn,
            MailEvent::RequestDeclined { .. } => Self::RequestDeclined,
            MailEvent::ReportDue { .. } => Self::ReportDue,
            MailEvent::ReportReturned { .. } => Self::ReportReturned,
            MailEvent::NobodyLeft => Self::NobodyLeft,
            MailEvent::SubstituteNeeded { .. } => Self::SubstituteNeeded,
            MailEvent::Undelivered { .. } => Self::Undelivered,
            MailEvent::NoDelegates { is_company: true, .. } => Self::NoDelegatesCompany,
            MailEvent::NoDelegates { is_company: false, .. } => Self::NoDelegatesExpert,
            MailEvent::HandOverAccepted => Self::HandOverAccepted,
            MailEvent::HandOverResult { .. } => Self::HandOverResult,
        }
    }

    /// The text of an occasion without a consultation.
    pub const fn of_plain(occasion: &AccountMailEvent<'_>) -> Self {
        match occasion {
            AccountMailEvent::SignIn { .. } => Self::SignIn,
            AccountMailEvent::ResumeDraft { .. } => Self::ResumeDraft,
            AccountMailEvent::Invitation { .. } => Self::Invitation,
            AccountMailEvent::PasswordReset { .. } => Self::PasswordReset,
            AccountMailEvent::Digest { .. } => Self::Digest,
            AccountMailEvent::WeeklyDigest { .. } => Self::WeeklyDigest,
            AccountMailEvent::AbsenceOverBookings { .. } => Self::Absence,
        }
    }
}

const fn side_of(side: &ReaderSide<'_>, [company, expert, center]: [TextKind; 3]) -> TextKind {
    match side {
        ReaderSide::Company { .. } => company,
        ReaderSide::Expert => expert,
        ReaderSide::Center => center,
    }
}
