//! Defines a mail as the outbox stores it. It is written in full when its cause happens, so that its exact
//! words can be read later.
use chrono::{DateTime, Utc};
pub use codes::CalendarMethod;
use domain::{
    gathering::SeatKind,
    id::{
        AppointmentId, AssignmentId, ConsultationId, DeskEntryId, FollowUpId, NetworkQuestionId,
        RegistrationId, SignUpId, SurveyCodeId, WaitingOfferId,
    },
};
use serde::{Deserialize, Serialize};

pub use super::kind::{AddressUse, ConditionKind, MailKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    pub kind: MailKind,
    pub consultation: Option<ConsultationId>,
    /// The question to a mentor whose relay address answers go to.
    pub relay: Option<NetworkQuestionId>,
    /// The bare address.
    pub to: String,
    /// The name beside the address; may be empty.
    pub to_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<InvitationPart>,
    /// The time before which it is not sent.
    pub due_at: DateTime<Utc>,
    /// A key by which a repeated mail is recognized: of two mails with one key, the second is dropped.
    pub dedup_key: Option<String>,
    /// The condition that must hold at the moment of sending.
    pub send_condition: Option<SendCondition>,
    /// The absolute address at which its reader unsubscribes from mails of this kind; `None` on mail about a
    /// consultation.
    pub unsubscribe: Option<String>,
    /// Whether the day's mail budget is spent. The mail is then stored for the center to see, but not sent.
    pub over_limit: bool,
    /// Whether its reader has no address and is called. The mail is then stored for its words, and not sent.
    pub by_telephone: bool,
    /// Whether the mail is held until the corrected address of its reader is confirmed.
    pub awaits_address: bool,
}

/// A mail in the outbox with its Message-ID and its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMail {
    /// The Message-ID as `local@domain`, without angle brackets. It is the same at every attempt.
    pub message_id: String,
    /// The Message-IDs of earlier mails of the same thread, oldest first.
    pub follows: Vec<String>,
    pub outgoing: OutgoingMail,
}

/// An iCalendar object (RFC 5545) with its method (RFC 5546).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationPart {
    pub method: CalendarMethod,
    pub body: String,
}

/// A condition of a planned mail, which is sent only if the condition holds at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SendCondition {
    /// The appointment is confirmed and has not been moved since, and none of its experts will be absent.
    AppointmentStands { appointment: AppointmentId, sequence: i32 },
    /// The expert has not answered yet.
    AssignmentOffered { assignment: AssignmentId },
    /// The appointment took place and its report has not been submitted.
    ReportMissing { appointment: AppointmentId },
    /// The question has not been answered or dropped.
    FollowUpOpen { follow_up: FollowUpId },
    /// The time is still held for the company.
    OfferStands { offer: WaitingOfferId },
    /// The contact's address is confirmed. Until then the mail is held.
    AddressConfirmed { consultation: ConsultationId },
    /// The time is still held until then.
    HoldStands { appointment: AppointmentId, until: DateTime<Utc> },
    /// The case still waits for the same as then.
    SilenceLasts { consultation: ConsultationId, since: DateTime<Utc> },
    /// The appointment stands, and an expert of it will still be absent.
    ExpertAway { appointment: AppointmentId, sequence: i32 },
    /// The company still reads this revision of its example.
    ExampleWaits { consultation: ConsultationId, revision: i32 },
    /// The participant has a seat of the kind, and the event has not been moved or called off since.
    SeatStands { sign_up: SignUpId, sequence: i32, seat: SeatKind },
    /// The registrant's consent to announcements stands, and telework is not introduced.
    OptInStands { registration: RegistrationId },
    /// The consent of the code's recipient stands, no answer was given with it, and the survey takes answers.
    SurveyOpen { code: SurveyCodeId },
    /// The desk has not answered the request yet, and its case is not reopened.
    DeskEntryOpen { entry: DeskEntryId },
    /// The mentor still has the question and answers it until then.
    QuestionWaits { question: NetworkQuestionId, until: DateTime<Utc> },
}

impl SendCondition {
    pub const fn kind(self) -> ConditionKind {
        match self {
            Self::AppointmentStands { .. } => ConditionKind::AppointmentStands,
            Self::AssignmentOffered { .. } => ConditionKind::AssignmentOffered,
            Self::ReportMissing { .. } => ConditionKind::ReportMissing,
            Self::FollowUpOpen { .. } => ConditionKind::FollowUpOpen,
            Self::OfferStands { .. } => ConditionKind::OfferStands,
            Self::AddressConfirmed { .. } => ConditionKind::AddressConfirmed,
            Self::HoldStands { .. } => ConditionKind::HoldStands,
            Self::SilenceLasts { .. } => ConditionKind::SilenceLasts,
            Self::ExpertAway { .. } => ConditionKind::ExpertAway,
            Self::ExampleWaits { .. } => ConditionKind::ExampleWaits,
            Self::SeatStands { .. } => ConditionKind::SeatStands,
            Self::OptInStands { .. } => ConditionKind::OptInStands,
            Self::SurveyOpen { .. } => ConditionKind::SurveyOpen,
            Self::DeskEntryOpen { .. } => ConditionKind::DeskEntryOpen,
            Self::QuestionWaits { .. } => ConditionKind::QuestionWaits,
        }
    }
}

impl OutgoingMail {
    /// Returns whether its condition, if it has one, is the one that mails of its kind may carry.
    pub fn has_a_condition_of_its_kind(&self) -> bool {
        self.send_condition.is_none_or(|it| self.kind.condition() == Some(it.kind()))
    }
}
