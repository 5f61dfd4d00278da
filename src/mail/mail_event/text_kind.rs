//! The text of each event.
use super::{MailEvent, ReaderSide};
use crate::mail::text::TextKind;

impl TextKind {
    /// The texts about another expert at the same time.
    const EXPERT_CHANGED: [Self; 3] =
        [Self::ExpertChangedCompany, Self::ExpertChangedExpert, Self::ExpertChangedCenter];

    /// The texts about a booking. The center gets none: it sees bookings on its pages, here and in what follows.
    const BOOKED: [Self; 3] = [Self::BookedCompany, Self::BookedExpert, Self::BookedExpert];

    /// The texts about another time.
    const MOVED: [Self; 3] = [Self::MovedCompany, Self::MovedExpert, Self::MovedExpert];

    /// The texts about another place or link.
    const VENUE: [Self; 3] = [Self::VenueCompany, Self::VenueExpert, Self::VenueExpert];

    /// The texts about a cancellation.
    const CANCELLED: [Self; 3] = [Self::CancelledCompany, Self::CancelledExpert, Self::CancelledExpert];

    /// The reminders of an appointment.
    const REMINDER: [Self; 3] = [Self::ReminderCompany, Self::ReminderExpert, Self::ReminderExpert];

    /// The texts about a new message.
    const NEW_MESSAGE: [Self; 3] = [Self::NewMessageCompany, Self::NewMessageExpert, Self::NewMessageCenter];

    /// The texts about an appointment that the company missed. The center gets none.
    const NO_SHOW: [Self; 3] = [Self::NoShow, Self::NoShowExpert, Self::NoShowExpert];

    /// The texts about an appointment that was declined in a calendar. The center reads the message.
    const DECLINE_NOTED: [Self; 3] =
        [Self::DeclineNotedCompany, Self::DeclineNotedExpert, Self::DeclineNotedExpert];

    /// The texts about a consultation that goes on after its end. The center, which reopened it, gets none.
    const REOPENED: [Self; 3] = [Self::ReopenedCompany, Self::ReopenedExpert, Self::ReopenedExpert];

    /// Returns the text of an event. An event without a text does not compile.
    pub const fn of(mail_event: &MailEvent<'_>) -> Self {
        match mail_event {
            MailEvent::Acknowledgement { .. } => Self::Acknowledgement,
            MailEvent::AddressChanged { .. } => Self::AddressChanged,
            MailEvent::AddressReplaced { .. } => Self::AddressReplaced,
            MailEvent::Question { .. } => Self::Question,
            MailEvent::SlotsToChoose { .. } => Self::SlotsToChoose,
            MailEvent::FurtherAppointment { .. } => Self::FurtherAppointment,
            MailEvent::FurtherDropped { .. } => Self::FurtherDropped,
            MailEvent::NoShow { side, .. } => side_of(side, Self::NO_SHOW),
            MailEvent::Outcome(event) => event.text(),
            MailEvent::Finished { .. } => Self::Finished,
            MailEvent::EarlierTime { .. } => Self::EarlierTime,
            MailEvent::BackAtCenter { .. } => Self::BackAtCenter,
            MailEvent::FieldsNarrowed { .. } => Self::FieldsChangedExpert,
            MailEvent::PartChanged(_) => Self::PartChanged,
            MailEvent::TeamChanging { .. } => Self::TeamChanging,
            MailEvent::FieldsChanged { .. } => Self::FieldsChanged,
            MailEvent::CaseNumber(event) => event.text(),
            MailEvent::Silence(event) => event.text(),
            MailEvent::Booked { side, .. } => side_of(side, Self::BOOKED),
            MailEvent::Moved { side, .. } => side_of(side, Self::MOVED),
            MailEvent::ExpertChanged { side, .. } => side_of(side, Self::EXPERT_CHANGED),
            MailEvent::Relieved { .. } => Self::Relieved,
            MailEvent::Venue { side, .. } => side_of(side, Self::VENUE),
            MailEvent::Cancelled { side, .. } => side_of(side, Self::CANCELLED),
            MailEvent::Reminder { side, .. } => side_of(side, Self::REMINDER),
            MailEvent::ReportReady { .. } => Self::ReportReady,
            MailEvent::Example(event) => event.text(),
            MailEvent::Survey { .. } => Self::Survey,
            MailEvent::FollowUp { .. } => Self::FollowUp,
            MailEvent::NewMessage { side } => side_of(side, Self::NEW_MESSAGE),
            MailEvent::Withdrawn { .. } => Self::WithdrawnCompany,
            MailEvent::Unfulfilled { .. } => Self::Unfulfilled,
            MailEvent::Referred { .. } => Self::Referred,
            MailEvent::Request { .. } => Self::Request,
            MailEvent::RequestReminder { .. } => Self::RequestReminder,
            MailEvent::RequestTimeLost { .. } => Self::RequestTimeLost,
            MailEvent::RequestLapsed { .. } => Self::RequestLapsed,
            MailEvent::RequestWithdrawn { .. } => Self::RequestWithdrawn,
            MailEvent::RequestDeclined { .. } => Self::RequestDeclined,
            MailEvent::ReportDue { .. } => Self::ReportDue,
            MailEvent::ReportReturned { .. } => Self::ReportReturned,
            MailEvent::ReportWritten { .. } => Self::ReportWritten,
            MailEvent::NobodyLeft => Self::NobodyLeft,
            MailEvent::SubstituteNeeded { .. } => Self::SubstituteNeeded,
            MailEvent::Undelivered { .. } => Self::Undelivered,
            MailEvent::NoDelegates { is_company, .. } => no_delegates(*is_company),
            MailEvent::DeclineNoted { side, .. } => side_of(side, Self::DECLINE_NOTED),
            MailEvent::HandOverAccepted => Self::HandOverAccepted,
            MailEvent::Reopened { side } => side_of(side, Self::REOPENED),
            MailEvent::HandOverReopened => Self::HandOverReopened,
            MailEvent::DeskMessage => Self::DeskMessage,
            MailEvent::HandOverResult { .. } => Self::HandOverResult,
        }
    }
}

const fn no_delegates(is_company: bool) -> TextKind {
    if is_company { TextKind::NoDelegatesCompany } else { TextKind::NoDelegatesExpert }
}

const fn side_of(side: &ReaderSide<'_>, [company, expert, center]: [TextKind; 3]) -> TextKind {
    match side {
        ReaderSide::Company { .. } => company,
        ReaderSide::Expert => expert,
        ReaderSide::Center => center,
    }
}
