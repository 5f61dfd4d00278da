//! A company's consent that its consultation becomes an example: from the center's question to the text that the company
//! approves, and to the end of the consent (`docs/spec/around.md` §4).
//!
//! The company itself opens its case to the public, on its page. To close it, a word to a coordinator by telephone is
//! enough. Silence never opens anything.
use chrono::{DateTime, Days, Utc};
pub use codes::ExampleConsentStatus;

use crate::{
    calendar::{at_japan, japan_date},
    consultation::State,
    id::{ConsultationId, PublicationId},
    text::Prose,
};

/// The days for which the center's question waits for an answer.
pub const QUESTION_DAYS: u64 = 30;
/// The days for which a text waits for the company.
pub const REVIEW_DAYS: u64 = 60;
/// The days after which the company is reminded of a text.
pub const REMINDER_DAYS: u64 = 30;
/// The days for which a consent lasts while the center has to act: to write the text, to change it, to publish it.
pub const WRITING_DAYS: u64 = 180;

/// The longest wish for changes, in characters.
pub const LONGEST_WISH: usize = 1_000;

/// The terms to which the company consents, sentence by sentence. The text is kept with each consent.
pub const CONSENT_WORDING: [&str; 6] = [
    "申込みの内容（企業名、所在地の都道府県、業種、従業員数、相談のテーマ、困っていること）と、専門家の報告書をもとに、センターが事例の文章を書きます。",
    "担当者の氏名や連絡先は、事例に載せません。",
    "文章ができたら、この画面で確認をお願いします。確認が終わった文章だけを公開します。",
    "お返事がないときは、公開しません。",
    "同意は、公開の前でも後でも、この画面か、相談センターへの電話で、いつでも取りやめることができます。取りやめると、文章を公開のページから削除します。",
    "同意するかどうかは、今後の相談には影響しません。",
];

/// The consent of the company of one consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleConsent {
    pub consultation: ConsultationId,
    pub state: ConsentState,
    /// Whether the example may have the company's name.
    pub is_named: bool,
    /// The consent as it was given last; `None` if it never was.
    pub given: Option<GivenConsent>,
    /// The revision of the example that the company approved last.
    pub approved: Option<i32>,
    /// The instant at which the state ends by itself, or at which the company is told that its example is
    /// public.
    pub due_at: Option<DateTime<Utc>>,
}

/// The proof of a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenConsent {
    pub at: DateTime<Utc>,
    /// The text that the company has read.
    pub wording: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentState {
    /// The center has asked the company.
    Asked,
    Declined,
    /// The company agrees; the center writes the text.
    Writing(PublicationId),
    /// The company reads this revision.
    Review {
        example: PublicationId,
        revision: i32,
    },
    ChangesWanted {
        example: PublicationId,
        wish: Prose,
    },
    Approved(PublicationId),
    /// The company does not agree any more. Its text is gone.
    Withdrawn,
    /// The time to act is over. Nothing is public, and the text is gone.
    Lapsed,
}

/// The reason why a step was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentRefused {
    #[error("事例への協力は、相談が完了し、報告書ができてからお願いできます。")]
    NotCompleted,
    #[error("事例への協力について、すでに手続きが進んでいます。最新の内容を確認してください。")]
    UnderWay,
    #[error(
        "企業は、事例への協力を断っているか、取りやめています。企業が自分の画面で申し出たときだけ、進められます。"
    )]
    NotWished,
    #[error("いまは、この操作ができません。最新の内容を確認してください。")]
    NotNow,
    #[error("確認していただく文章が新しくなりました。最新の文章を確認してください。")]
    OtherText,
}

impl ConsentState {
    pub const fn status(&self) -> ExampleConsentStatus {
        match self {
            Self::Asked => ExampleConsentStatus::Asked,
            Self::Declined => ExampleConsentStatus::Declined,
            Self::Writing(_) => ExampleConsentStatus::Writing,
            Self::Review { .. } => ExampleConsentStatus::Review,
            Self::ChangesWanted { .. } => ExampleConsentStatus::ChangesWanted,
            Self::Approved(_) => ExampleConsentStatus::Approved,
            Self::Withdrawn => ExampleConsentStatus::Withdrawn,
            Self::Lapsed => ExampleConsentStatus::Lapsed,
        }
    }

    /// Returns the example that comes of the consent, as long as it is in force.
    pub const fn example(&self) -> Option<PublicationId> {
        match self {
            Self::Writing(example) | Self::Approved(example) => Some(*example),
            Self::Review { example, .. } | Self::ChangesWanted { example, .. } => Some(*example),
            Self::Asked | Self::Declined | Self::Withdrawn | Self::Lapsed => None,
        }
    }
}

/// Refuses a consent for a consultation that is not completed, or of which the company has no report.
pub fn may_begin(state: &State, has_report: bool) -> Result<(), ConsentRefused> {
    if *state == State::Completed && has_report { Ok(()) } else { Err(ConsentRefused::NotCompleted) }
}

/// Returns the end of the day so many days later in Japan.
pub fn end_of_day_after(now: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    let today = japan_date(now);
    at_japan(today.checked_add_days(Days::new(days)).unwrap_or(today), 24, 0)
}

impl ExampleConsent {
    /// The center asks the company, once: a company that has said no is not asked again.
    pub fn ask(
        known: Option<Self>,
        consultation: ConsultationId,
        now: DateTime<Utc>,
    ) -> Result<Self, ConsentRefused> {
        match known.map(|it| it.state) {
            None | Some(ConsentState::Lapsed) => Ok(Self {
                consultation,
                state: ConsentState::Asked,
                is_named: false,
                given: None,
                approved: None,
                due_at: Some(end_of_day_after(now, QUESTION_DAYS)),
            }),
            Some(ConsentState::Declined | ConsentState::Withdrawn) => Err(ConsentRefused::NotWished),
            Some(_) => Err(ConsentRefused::UnderWay),
        }
    }

    /// The company agrees, whether it was asked or not. `example` is the draft that its text becomes.
    pub fn agree(
        known: Option<Self>,
        consultation: ConsultationId,
        example: PublicationId,
        is_named: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, ConsentRefused> {
        if known.is_some_and(|it| it.state.example().is_some()) {
            return Err(ConsentRefused::UnderWay);
        }
        Ok(Self {
            consultation,
            state: ConsentState::Writing(example),
            is_named,
            given: Some(GivenConsent { at: now, wording: CONSENT_WORDING.join("\n") }),
            approved: None,
            due_at: Some(end_of_day_after(now, WRITING_DAYS)),
        })
    }

    /// The company answers the center's question with no.
    pub fn decline(self) -> Result<Self, ConsentRefused> {
        if self.state != ConsentState::Asked {
            return Err(ConsentRefused::NotNow);
        }
        Ok(Self { state: ConsentState::Declined, due_at: None, ..self })
    }

    /// The center shows a revision to the company, which reads the newest one that it was shown.
    pub fn show(self, revision: i32, now: DateTime<Utc>) -> Result<Self, ConsentRefused> {
        let example = self.state.example().ok_or(ConsentRefused::NotNow)?;
        let due_at = Some(end_of_day_after(now, REVIEW_DAYS));
        Ok(Self { state: ConsentState::Review { example, revision }, due_at, ..self })
    }

    /// The company approves the revision that its page showed.
    pub fn approve(self, seen: i32, now: DateTime<Utc>) -> Result<Self, ConsentRefused> {
        let ConsentState::Review { example, revision } = self.state else {
            return Err(ConsentRefused::NotNow);
        };
        if revision != seen {
            return Err(ConsentRefused::OtherText);
        }
        let due_at = Some(end_of_day_after(now, WRITING_DAYS));
        Ok(Self { state: ConsentState::Approved(example), approved: Some(revision), due_at, ..self })
    }

    /// The company asks for changes, also of a text that it has approved. The public text stays until it approves another
    /// one.
    pub fn want_changes(self, wish: Prose, now: DateTime<Utc>) -> Result<Self, ConsentRefused> {
        let example = match self.state {
            ConsentState::Review { example, .. }
            | ConsentState::ChangesWanted { example, .. }
            | ConsentState::Approved(example) => example,
            ConsentState::Asked
            | ConsentState::Declined
            | ConsentState::Writing(_)
            | ConsentState::Withdrawn
            | ConsentState::Lapsed => return Err(ConsentRefused::NotNow),
        };
        let due_at = Some(end_of_day_after(now, WRITING_DAYS));
        Ok(Self { state: ConsentState::ChangesWanted { example, wish }, due_at, ..self })
    }

    /// Records that the approved text becomes public at `from`, when the company is told so. It stays public
    /// afterwards.
    pub fn published(self, from: DateTime<Utc>) -> Self {
        if matches!(self.state, ConsentState::Approved(_)) {
            Self { due_at: Some(from), ..self }
        } else {
            self
        }
    }

    /// Records that an approved text is not published after all: its planned publication was taken back before anyone
    /// could read it. The center has the time to act once more.
    pub fn unpublished(self, now: DateTime<Utc>) -> Self {
        if matches!(self.state, ConsentState::Approved(_)) {
            Self { due_at: Some(end_of_day_after(now, WRITING_DAYS)), ..self }
        } else {
            self
        }
    }

    /// Returns whether the company still has to be told that its example is public.
    pub fn is_to_be_announced(&self) -> bool {
        matches!(self.state, ConsentState::Approved(_)) && self.due_at.is_some()
    }

    /// The company does not agree any more.
    pub fn withdraw(self) -> Result<Self, ConsentRefused> {
        match self.state.example() {
            Some(_) => Ok(Self { state: ConsentState::Withdrawn, approved: None, due_at: None, ..self }),
            None => Err(ConsentRefused::NotNow),
        }
    }

    /// Returns the consent after its instant has come. It ends, unless a text that the company has
    /// approved is or was public (`has_been_public`): that one stays as it is.
    pub fn after_due(self, has_been_public: bool) -> Self {
        match self.state.example() {
            Some(example) if has_been_public && self.approved.is_some() => {
                Self { state: ConsentState::Approved(example), due_at: None, ..self }
            }
            _ => Self { state: ConsentState::Lapsed, approved: None, due_at: None, ..self },
        }
    }
}

#[cfg(test)]
mod tests;
