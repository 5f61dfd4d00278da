//! One type for each kind of identifier, so that an expert's id cannot be used as a consultation's.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id! {
    /// A person who signs in with a password: coordinator, expert, desk, observer, administrator.
    AccountId;
    /// A time at which one or two experts meet a company.
    AppointmentId;
    /// One expert asked for one or both fields of a consultation.
    AssignmentId;
    /// A company or organisation, whatever the number of its consultations.
    CompanyId;
    /// A file of a message.
    AttachmentId;
    /// One company's request and everything that follows from it.
    ConsultationId;
    /// A person who speaks for a company in one consultation.
    ContactId;
    /// A regional first-line desk.
    DeskId;
    /// A request that a desk has noted.
    DeskEntryId;
    /// An unfinished application. The id is secret, since it opens the draft.
    DraftId;
    /// A telework manager. The id is that of the account with which the expert signs in.
    ExpertId;
    /// A file that a person imports.
    FileImportId;
    /// A question planned for after the consultation.
    FollowUpId;
    /// A task of the center for a case.
    TaskId;
    /// One mail to one address.
    MailId;
    /// One entry of a consultation's thread.
    MessageId;
    /// A text that the programme publishes: an item of news, an entry of the guide, or an event.
    PublicationId;
    /// A text that coordinators begin their messages from.
    ReplyTemplateId;
    /// One registration for a telework month.
    RegistrationId;
    /// A file of a publication that visitors download.
    PublicationFileId;
    /// A company that answers questions about telework.
    MentorId;
    /// A question to a mentor.
    NetworkQuestionId;
    /// One code with which a recipient answers a survey once.
    SurveyCodeId;
    /// One set of answers to a survey.
    SurveyResponseId;
    /// A person who takes invitations to surveys outside of the telework month.
    SurveyMemberId;
    /// A report of a doubtful request.
    DoubtId;
    /// One person's sign-up for an event.
    SignUpId;
    /// The report that an expert writes after an appointment.
    ReportId;
    /// An entry of the waiting list: a company that wants an earlier time.
    WaitingId;
    /// One time that became free and is offered to one company.
    WaitingOfferId;
}
