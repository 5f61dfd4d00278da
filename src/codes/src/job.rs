//! Background work.
use crate::codes;

codes! {
    /// A background job that handles rows one by one. A row that it cannot handle is set aside under this code.
    pub enum Job {
        /// Releases a held time that has run out (row of `appointment`).
        ReleaseHold = "release_hold",
        /// Makes a company that no mail reaches an item of the calls before its time (row of `appointment`).
        CallCompany = "call_company",
        /// Tells company and center of a booked appointment whose expert will be absent (row of `appointment`).
        WarnOfAbsence = "warn_of_absence",
        /// Ends a request that was not answered in time (row of `assignment`).
        LapseRequest = "lapse_request",
        /// Takes the next step in a case in which nothing happens (row of `consultation`).
        BreakSilence = "break_silence",
        /// Sends a follow-up question (row of `follow_up`).
        SendFollowUp = "send_follow_up",
        /// Closes a follow-up question without an answer (row of `follow_up`).
        LapseFollowUp = "lapse_follow_up",
        /// Ends an offer of a freed time that was not answered in time (row of `waiting_offer`).
        LapseOffer = "lapse_offer",
        /// Offers a freed time to a company that waits for one (row of `waiting`).
        OfferTime = "offer_time",
        /// Does what is due about a company's consent to an example (row of `example_consent`).
        StepConsent = "step_consent",
        /// Reads and writes an external calendar (row of `external_calendar`).
        RefreshCalendar = "refresh_calendar",
        /// Takes the steps of an event that are due: seats for those who wait, the mail afterwards (row of `gathering`).
        TendGathering = "tend_gathering",
        /// Takes the steps of a telework month that are due: reminders of the center, registrations that lapse, the erasure
        /// (row of `campaign`).
        TendCampaign = "tend_campaign",
        /// Takes the steps of a survey that are due: the reminder, the end of unfinished answers, the erasure (row of
        /// `survey`).
        TendSurvey = "tend_survey",
        /// Reminds the center of a doubtful request that waits, or erases who reported it (row of `doubt`).
        TendDoubt = "tend_doubt",
        /// Takes the step of a question to a mentor that is due (row of `network_question`).
        TendQuestion = "tend_question",
        /// Reminds the center of a mentor who waits, or erases one who has left (row of `mentor`).
        TendMentor = "tend_mentor",
        /// Erases the contact of a consultation whose time is over (row of `consultation`).
        EraseContact = "erase_contact",
        /// Erases the record of a consultation whose time is over (row of `consultation`).
        EraseRecord = "erase_record",
    }
}

impl Job {
    /// Returns the table of the rows that the job handles.
    pub const fn table(self) -> &'static str {
        match self {
            Self::ReleaseHold | Self::CallCompany | Self::WarnOfAbsence => "appointment",
            Self::LapseRequest => "assignment",
            Self::BreakSilence | Self::EraseContact | Self::EraseRecord => "consultation",
            Self::SendFollowUp | Self::LapseFollowUp => "follow_up",
            Self::LapseOffer => "waiting_offer",
            Self::OfferTime => "waiting_list_entry",
            Self::StepConsent => "example_consent",
            Self::RefreshCalendar => "external_calendar",
            Self::TendGathering => "gathering",
            Self::TendCampaign => "campaign",
            Self::TendSurvey => "survey",
            Self::TendDoubt => "doubt",
            Self::TendQuestion => "network_question",
            Self::TendMentor => "mentor",
        }
    }
}
