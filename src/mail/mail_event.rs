//! Events that cause a mail (`docs/spec/lifecycle.md` §5), each with the data that its mail needs.
mod account;
mod campaign;
mod case_number;
mod example;
mod gathering;
mod network;
mod outcome;
mod parts;
mod silence;
mod survey;
mod text_kind;

use chrono::{DateTime, Utc};
use domain::{
    actor::Party, booking::appointment::AppointmentMode, calendar::BusinessCalendar,
    consultation::UnfulfilledReason, correspondence::company_channel::CompanyChannel, due::Due,
    field::Fields, id::ConsultationId, number::CaseNumber, settings::Settings,
};

use crate::{mail::text::Texts, url::Site};

pub use account::{AccountMailEvent, DigestCounts, ErasureMailEvent, SecurityNews};
pub use campaign::{RegistrationMailEvent, RegistrationNews};
pub use case_number::CaseNumberEvent;
pub use example::{ExampleEvent, ExampleNews};
pub use gathering::{EventText, GatheringMailEvent, GatheringNews};
pub use network::NetworkMailEvent;
pub use outcome::{MissedPart, OutcomeEvent};
pub use parts::{HandedOver, PartChange, ReaderSide, RequestedPart, TimeNews, WhyBack};
pub use silence::{CompanyTurn, SilenceEvent};
pub use survey::SurveyMailEvent;

/// The recipient of a mail.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    pub address: &'a str,
    pub name: &'a str,
}

/// The consultation that a mail is about, and the center that writes it.
#[derive(Clone, Copy, Debug)]
pub struct MailContext<'a> {
    pub id: ConsultationId,
    pub number: &'a CaseNumber,
    pub company_name: &'a str,
    pub contact_name: &'a str,
    pub fields: Fields,
    /// Whether the address is confirmed. Until it is, nothing from the form is repeated to it, not even a name.
    pub address_confirmed: bool,
    /// The deadline of the consultation after the event.
    pub due: Option<&'a Due>,
    /// Since when the company has been waited for, before the event.
    pub waits_since: Option<DateTime<Utc>>,
    /// The deadline of a report that the reader, an expert, has to write besides.
    pub report_due_at: Option<DateTime<Utc>>,
    /// The way by which the company hears, for readers who are told of it.
    pub channel: CompanyChannel,
    pub sender: SenderContext<'a>,
}

/// The sender of a mail, the time of writing, and the site whose addresses it names.
#[derive(Clone, Copy, Debug)]
pub struct SenderContext<'a> {
    pub settings: &'a Settings,
    pub calendar: &'a BusinessCalendar,
    pub site: &'a Site,
    /// The texts that the administrator has written.
    pub texts: &'a Texts,
    /// The bare address of the organizer of invitations, to which calendar programs send their answers.
    pub organizer: &'a str,
    pub now: DateTime<Utc>,
}

/// An appointment as a mail describes it.
#[derive(Clone, Copy, Debug)]
pub struct AppointmentText<'a> {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: AppointmentMode,
    pub place: &'a str,
    /// The experts' names, in order.
    pub experts: &'a [String],
    /// The UID of the calendar entry (RFC 5545). `sequence` is its SEQUENCE.
    pub uid: &'a str,
    pub sequence: i32,
}

/// The publications that an expert recommends in a report, each with its address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recommended<'a> {
    pub examples: &'a [String],
    /// Entries of the guide, each with the day of its check.
    pub guides: &'a [String],
}

/// The event that causes a mail about a consultation. A `portal` is the absolute address that opens the
/// company's page.
#[derive(Clone, Copy, Debug)]
pub enum MailEvent<'a> {
    Acknowledgement {
        /// The address of the page on which the company confirms its mail address.
        confirm: &'a str,
        /// The chosen slot, and the time until which it is held.
        slot: Option<(AppointmentText<'a>, DateTime<Utc>)>,
        received_at: DateTime<Utc>,
        first_contact_due: DateTime<Utc>,
        /// The desk that handed the request over.
        handed_over: Option<HandedOver<'a>>,
    },
    /// The contact has another address, which is to be confirmed.
    AddressChanged {
        confirm: &'a str,
        /// The time that is held for the company, and until when.
        slot: Option<(AppointmentText<'a>, DateTime<Utc>)>,
    },
    /// The contact's proved address was replaced. `object` is the page on which its reader objects.
    AddressReplaced {
        object: &'a str,
    },
    Question {
        portal: &'a str,
        text: &'a str,
    },
    SlotsToChoose {
        portal: &'a str,
        experts: &'a [String],
    },
    /// A further appointment was planned; the company chooses its time, or waits for the experts of the fields that are
    /// open.
    FurtherAppointment {
        portal: &'a str,
        /// The experts who stay.
        experts: &'a [String],
        /// Whether the center asks experts first.
        is_open: bool,
        /// The fields until now, if the further appointment has others.
        was: Option<Fields>,
        /// The recommendations of the report on the last appointment, if it has become ready with it.
        report: Option<Recommended<'a>>,
    },
    /// The further appointment is not wished for any more.
    FurtherDropped {
        portal: &'a str,
    },
    /// The company has ended its consultation after an appointment had taken place.
    Finished {
        portal: &'a str,
        cancelled: Option<AppointmentText<'a>>,
    },
    /// The company did not come to the appointment.
    NoShow {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        /// Whether another outcome was recorded before.
        is_correction: bool,
    },
    Outcome(OutcomeEvent<'a>),
    /// A time for which the company was waiting has become free.
    EarlierTime {
        /// The address of the page with 「この日時にする」 and 「見送る」.
        answer: &'a str,
        appointment: AppointmentText<'a>,
        /// The start of the company's present appointment, if it has one.
        booked: Option<DateTime<Utc>>,
        /// The time until which the offered time is held.
        until: DateTime<Utc>,
    },
    /// No expert has accepted the request; the center searches again.
    BackAtCenter {
        portal: &'a str,
        why: WhyBack,
        /// The time that the company had wished for: kept for those who have accepted, or lost.
        time: Option<(AppointmentText<'a>, TimeNews)>,
    },
    /// An expert does not take the consultation any more, and the time that the company had is lost or not chosen yet.
    TeamChanging {
        portal: &'a str,
        /// The released experts of whom the company knew.
        released: &'a [String],
        /// The party whose wish it is.
        by: Party,
        /// The reason that is passed on; may be empty.
        reason: &'a str,
        /// The time that is lost.
        lost: Option<(AppointmentText<'a>, TimeNews)>,
        /// Whether the company can choose another time now.
        may_choose: bool,
    },
    /// A field has left the consultation, which an expert who stays has too.
    FieldsNarrowed {
        was: Fields,
    },
    /// The consultation of an expert who stays is another one: other experts serve it too, or its fields or mode have
    /// changed.
    PartChanged(PartChange<'a>),
    /// A field has left the consultation, with its experts, or was added while a time is chosen or booked.
    FieldsChanged {
        portal: &'a str,
        was: Fields,
        /// The added field that no expert has.
        missing: Option<Fields>,
        /// The released experts of whom the company knew.
        released: &'a [String],
        /// The time that the company has, or has lost with them.
        time: Option<(AppointmentText<'a>, TimeNews)>,
        /// Whether the company chooses a time now.
        chooses: bool,
    },
    CaseNumber(CaseNumberEvent<'a>),
    Silence(SilenceEvent<'a>),
    Booked {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        change_until: DateTime<Utc>,
    },
    Moved {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        change_until: DateTime<Utc>,
        was: DateTime<Utc>,
    },
    /// Another expert comes at the same time. `was` are the names of the earlier experts.
    ExpertChanged {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        was: &'a [String],
    },
    /// Another expert has taken the reader's part in the appointment.
    Relieved {
        appointment: AppointmentText<'a>,
    },
    /// The meeting link of an online appointment has changed; its time has not.
    Venue {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
    },
    /// The appointment was cancelled. `reason` is empty if there is none to pass on.
    Cancelled {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        reason: &'a str,
        /// The party that has cancelled a booking; `None` if a time that was kept is lost.
        by: Option<Party>,
        /// Whether the reader has cancelled it, and is not offered at that time any more.
        is_blocked: bool,
    },
    Reminder {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
    },
    /// The center approved a report, or corrected one that was approved.
    ReportReady {
        portal: &'a str,
        /// The appointment that the report is about.
        appointment: AppointmentText<'a>,
        recommended: Recommended<'a>,
        /// Whether questions to the company follow.
        follows: bool,
        /// Whether the company had the report already, and it was corrected since.
        is_correction: bool,
        /// Whether the company can ask for a further appointment.
        may_continue: bool,
        /// Whether the consultation has ended.
        is_over: bool,
    },
    Example(ExampleEvent<'a>),
    Survey {
        answer: &'a str,
    },
    /// A follow-up question. `answer` is the address of the one-click page; the mail adds `?answer=…` for
    /// each choice.
    FollowUp {
        /// The beginning of the question, or the question itself.
        lead: &'a str,
        answer: &'a str,
    },
    NewMessage {
        side: ReaderSide<'a>,
    },
    /// The consultation was withdrawn. `cancelled`, here and in the next two variants, is the appointment
    /// that was cancelled with it and is reported in the same mail.
    Withdrawn {
        portal: &'a str,
        cancelled: Option<AppointmentText<'a>>,
    },
    Unfulfilled {
        reason: UnfulfilledReason,
        /// Whether an appointment has taken place.
        advised: bool,
        cancelled: Option<AppointmentText<'a>>,
    },
    Referred {
        /// Until when the organisation, a desk, calls the company; `None` if it does not.
        called_by: Option<DateTime<Utc>>,
        organization: &'a str,
        note: &'a str,
        cancelled: Option<AppointmentText<'a>>,
    },
    Request {
        /// The address of the page with 「引き受ける」 and 「断る」.
        answer: &'a str,
        fields: Fields,
        part: RequestedPart<'a>,
        /// The held slot, if the company has chosen one.
        slot: Option<AppointmentText<'a>>,
        due_at: DateTime<Utc>,
        /// The lines with 都道府県・業種・従業員数 and themes.
        outline: &'a [String],
    },
    RequestReminder {
        answer: &'a str,
        due_at: DateTime<Utc>,
    },
    /// The time for which an expert is asked is on a new closing day. The request goes on without a time.
    RequestTimeLost {
        answer: &'a str,
        fields: Fields,
        slot: AppointmentText<'a>,
        due_at: DateTime<Utc>,
    },
    /// The request has lapsed. `slot`, here and in the next variant, is the appointment that is removed from
    /// the expert's calendar.
    RequestLapsed {
        slot: Option<AppointmentText<'a>>,
    },
    RequestWithdrawn {
        slot: Option<AppointmentText<'a>>,
        /// Why; may be empty.
        reason: &'a str,
    },
    /// The expert has declined an invitation elsewhere than in the calendar.
    RequestDeclined {
        appointment: AppointmentText<'a>,
    },
    ReportDue {
        due_at: DateTime<Utc>,
        overdue: bool,
    },
    /// The center has written the report in the reader's stead.
    ReportWritten {
        appointment: AppointmentText<'a>,
    },
    ReportReturned {
        reason: &'a str,
    },
    NobodyLeft,
    /// An expert who will be absent has no substitute yet. `page` is where the center asks for one.
    SubstituteNeeded {
        appointment: AppointmentText<'a>,
        declined: &'a str,
        page: &'a str,
    },
    /// A mail to a participant of the consultation did not arrive. `reason` is the server's, and may be
    /// empty.
    Undelivered {
        address: &'a str,
        reason: &'a str,
    },
    /// An attendee answered an invitation by delegating it, which is not possible.
    NoDelegates {
        is_company: bool,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    },
    /// An attendee has declined a booked appointment in a calendar. It stands until the center has answered.
    DeclineNoted {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        change_until: DateTime<Utc>,
        answer_due: DateTime<Utc>,
    },
    HandOverAccepted,
    /// The consultation that had ended goes on. Its desk hears of it by `HandOverReopened`.
    Reopened {
        side: ReaderSide<'a>,
    },
    HandOverReopened,
    /// The center has written to the desk that handed the request over.
    DeskMessage,
    /// The result of the hand-over in one sentence.
    HandOverResult {
        result: &'a str,
        /// The organisation to which the company was referred; empty if it was not.
        organization: &'a str,
        /// The center's words to the company about it; may be empty.
        note: &'a str,
        /// Whether the organisation is the desk itself.
        is_back: bool,
    },
}

impl MailEvent<'_> {
    /// Returns whether a company that gets no mail has to be told in another way. A reminder is no news, and the
    /// acknowledgement is for the person who has just applied.
    pub const fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::Reminder { .. }
                | Self::Acknowledgement { .. }
                | Self::Example(ExampleEvent::Wanted { .. } | ExampleEvent::Reminder { .. })
        )
    }

    /// Returns whether the mail has the company's address confirmed: it goes there although it is not proved.
    pub const fn proves_address(&self) -> bool {
        if let Self::Silence(event) = self {
            return event.proves_address();
        }
        matches!(self, Self::Acknowledgement { .. } | Self::AddressChanged { .. })
    }

    /// Returns the appointment that the mail puts into or removes from its reader's calendar, if its text
    /// does so.
    pub const fn calendar_appointment(&self) -> Option<&AppointmentText<'_>> {
        match self {
            Self::Booked { appointment, .. }
            | Self::Moved { appointment, .. }
            | Self::ExpertChanged { appointment, .. }
            | Self::Relieved { appointment }
            | Self::Venue { appointment, .. }
            | Self::Cancelled { appointment, .. }
            | Self::RequestTimeLost { slot: appointment, .. }
            | Self::RequestDeclined { appointment } => Some(appointment),
            Self::CaseNumber(event) => event.calendar_appointment(),
            Self::Withdrawn { cancelled: it, .. }
            | Self::Finished { cancelled: it, .. }
            | Self::Unfulfilled { cancelled: it, .. }
            | Self::Referred { cancelled: it, .. }
            | Self::Request { slot: it, .. }
            | Self::RequestLapsed { slot: it }
            | Self::RequestWithdrawn { slot: it, .. } => it.as_ref(),
            Self::TeamChanging { lost: time, .. } | Self::FieldsChanged { time, .. } => match time {
                Some((it, news)) if news.is_booked() => Some(it),
                Some(_) | None => None,
            },
            Self::Acknowledgement { .. }
            | Self::AddressChanged { .. }
            | Self::AddressReplaced { .. }
            | Self::Question { .. }
            | Self::SlotsToChoose { .. }
            | Self::FurtherAppointment { .. }
            | Self::FurtherDropped { .. }
            | Self::NoShow { .. }
            | Self::Outcome(_)
            | Self::EarlierTime { .. }
            | Self::BackAtCenter { .. }
            | Self::FieldsNarrowed { .. }
            | Self::PartChanged(_)
            | Self::Silence(_)
            | Self::Reminder { .. }
            | Self::ReportReady { .. }
            | Self::Example(_)
            | Self::Survey { .. }
            | Self::FollowUp { .. }
            | Self::NewMessage { .. }
            | Self::RequestReminder { .. }
            | Self::ReportDue { .. }
            | Self::ReportWritten { .. }
            | Self::ReportReturned { .. }
            | Self::NobodyLeft
            | Self::SubstituteNeeded { .. }
            | Self::Undelivered { .. }
            | Self::NoDelegates { .. }
            | Self::DeclineNoted { .. }
            | Self::HandOverAccepted
            | Self::Reopened { .. }
            | Self::HandOverReopened
            | Self::DeskMessage
            | Self::HandOverResult { .. } => None,
        }
    }
}
