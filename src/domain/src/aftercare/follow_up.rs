//! Questions planned for after the consultation (フォローアップ): when they are asked, what they ask, and what the
//! answers mean.
mod step;

use chrono::{DateTime, TimeDelta, Utc};
use codes::codes;
pub use codes::{FollowUpKind as Kind, FollowUpStatus};
use serde::{Deserialize, Serialize};

pub use step::{
    Addressee, Anchors, BadStep, Condition, FollowUpStart, FollowUpStep, MOST_STEPS, PlanChange,
    StepDecision, Stop, When, plan, ready, replan,
};

use crate::{
    actor::Party,
    id::{ConsultationId, FollowUpId},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    pub id: FollowUpId,
    pub consultation: ConsultationId,
    pub kind: Kind,
    /// The number of appointments that had taken place when the question was planned. Each further
    /// appointment plans new questions.
    pub round: i16,
    pub state: FollowUpState,
    pub due_at: DateTime<Utc>,
    /// The step of the programme by which the question was planned.
    pub step: FollowUpStep,
    /// The instants from which the time was computed; `None` for questions that were planned before
    /// programmes were stored.
    pub anchors: Option<Anchors>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowUpState {
    Planned,
    Sent { at: DateTime<Utc> },
    Answered { at: DateTime<Utc>, answer: FollowUpAnswer },
    Skipped,
    Lapsed,
}

/// The answer of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum FollowUpAnswer {
    Survey(SurveyAnswer),
    Progress(ProgressAnswer),
}

/// The answers to the three sentences that the ministries have used as indicators (`docs/spec/programme.md`
/// §1.6), word for word, and to two questions of our own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    pub purpose_achieved: SurveyAgreement,
    pub satisfied: SurveyAgreement,
    pub will_consider: SurveyAgreement,
    #[serde(rename = "wants_further_session")]
    pub wants_further_appointment: bool,
    #[serde(default)]
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressAnswer {
    pub progress: Progress,
    pub wants_help: bool,
    #[serde(default)]
    pub comment: String,
}

codes! {
    pub enum SurveyAgreement {
        Yes = "yes" => "そう思う",
        RatherYes = "rather_yes" => "ややそう思う",
        RatherNo = "rather_no" => "あまりそう思わない",
        No = "no" => "そう思わない",
    }
}

codes! {
    pub enum Progress {
        Introduced = "introduced" => "導入した",
        Expanded = "expanded" => "拡大した",
        Preparing = "preparing" => "準備中",
        GivenUp = "given_up" => "見送り",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpRefused {
    #[error("この質問の回答期間は終わりました。")]
    Over,
    #[error("この質問は、まだお送りしていません。")]
    NotSent,
    #[error("この質問は、まだ回答をお待ちしています。")]
    StillWaiting,
}

/// The time for which an answer can be changed after it was given. Days.
pub const EDITABLE_DAYS: i64 = 14;
/// The time for which a question waits for its answer after it was sent. Days.
pub const WAITS_DAYS: i64 = 60;

impl FollowUp {
    /// Returns when the question was asked, while it waits for an answer.
    pub const fn sent_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            FollowUpState::Sent { at } => Some(at),
            FollowUpState::Planned
            | FollowUpState::Answered { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    pub fn send(self, at: DateTime<Utc>) -> Result<Self, FollowUpRefused> {
        match self.state {
            FollowUpState::Planned => Ok(Self { state: FollowUpState::Sent { at }, ..self }),
            FollowUpState::Sent { .. }
            | FollowUpState::Answered { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => Err(FollowUpRefused::Over),
        }
    }

    /// Records an answer, or replaces the earlier one while it can still be changed. The time of the first
    /// answer stays. `by` is the party who writes it down.
    pub fn answer(
        self,
        answer: FollowUpAnswer,
        by: Party,
        now: DateTime<Utc>,
    ) -> Result<Self, FollowUpRefused> {
        self.takes_answer(by, now)?;
        let at = match self.state {
            FollowUpState::Answered { at, .. } => at,
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => now,
        };
        Ok(Self { state: FollowUpState::Answered { at, answer }, ..self })
    }

    /// Checks whether `by` can write an answer down now: a first one, however late, or a change of the earlier one. The time
    /// limit of a change does not bind the center, which corrects it in the company's stead.
    pub fn takes_answer(&self, by: Party, now: DateTime<Utc>) -> Result<(), FollowUpRefused> {
        let may_change = by == Party::Coordinator || self.editable_until().is_some_and(|it| now < it);
        match &self.state {
            FollowUpState::Sent { .. } | FollowUpState::Lapsed => Ok(()),
            FollowUpState::Answered { .. } if may_change => Ok(()),
            FollowUpState::Planned => Err(FollowUpRefused::NotSent),
            FollowUpState::Answered { .. } | FollowUpState::Skipped => Err(FollowUpRefused::Over),
        }
    }

    /// Returns the instant until which the answer can be changed; `None` if there is no answer.
    pub fn editable_until(&self) -> Option<DateTime<Utc>> {
        match &self.state {
            FollowUpState::Answered { at, .. } => Some(*at + TimeDelta::days(EDITABLE_DAYS)),
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    /// Marks the question as lapsed. Refused until it has waited `WAITS_DAYS` for an answer.
    pub fn lapse(self, now: DateTime<Utc>) -> Result<Self, FollowUpRefused> {
        match self.state {
            FollowUpState::Sent { at } if (now - at).num_days() >= WAITS_DAYS => {
                Ok(Self { state: FollowUpState::Lapsed, ..self })
            }
            FollowUpState::Sent { .. } => Err(FollowUpRefused::StillWaiting),
            FollowUpState::Planned => Err(FollowUpRefused::NotSent),
            FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed => {
                Err(FollowUpRefused::Over)
            }
        }
    }

    /// Marks the question as one that is no longer asked. A question that was answered or has lapsed stays as
    /// it is.
    pub fn skip(self) -> Self {
        let state = match self.state {
            FollowUpState::Planned | FollowUpState::Sent { .. } => FollowUpState::Skipped,
            ended @ (FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed) => {
                ended
            }
        };
        Self { state, ..self }
    }

    /// Returns the answer, if there is one.
    pub const fn given(&self) -> Option<&FollowUpAnswer> {
        match &self.state {
            FollowUpState::Answered { answer, .. } => Some(answer),
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    /// Returns whether the question was sent and waits for its answer.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, FollowUpState::Sent { .. })
    }

    /// Returns the instant until which the question waits for its answer; `None` unless it is open.
    pub fn waits_until(&self) -> Option<DateTime<Utc>> {
        match &self.state {
            FollowUpState::Sent { at } => Some(*at + TimeDelta::days(WAITS_DAYS)),
            FollowUpState::Planned
            | FollowUpState::Answered { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.state, FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed)
    }

    /// Returns whether the present answer says that the company wants to be called.
    pub const fn asks_for_help(&self) -> bool {
        matches!(&self.state, FollowUpState::Answered { answer, .. } if answer.wants_help())
    }
}

impl FollowUpState {
    /// Returns the state without its data.
    pub const fn status(&self) -> FollowUpStatus {
        match self {
            Self::Planned => FollowUpStatus::Planned,
            Self::Sent { .. } => FollowUpStatus::Sent,
            Self::Answered { .. } => FollowUpStatus::Answered,
            Self::Skipped => FollowUpStatus::Skipped,
            Self::Lapsed => FollowUpStatus::Lapsed,
        }
    }

    pub const fn code(&self) -> &'static str {
        self.status().code()
    }

    pub const fn label(&self) -> &'static str {
        self.status().label()
    }
}

impl SurveyAnswer {
    /// The three sentences, in the order of the fields.
    pub const SENTENCES: [&'static str; 3] = [
        "問い合わせの目的が達成できた",
        "問い合わせへの対応に満足した",
        "テレワークの導入を積極的に検討する",
    ];
}

impl FollowUpAnswer {
    /// Returns what is left of an answer whose words are erased: the choices, which the figures count.
    #[must_use]
    pub fn without_words(self) -> Self {
        match self {
            Self::Survey(it) => Self::Survey(SurveyAnswer { comment: String::new(), ..it }),
            Self::Progress(it) => Self::Progress(ProgressAnswer { comment: String::new(), ..it }),
        }
    }

    /// Returns whether the company wants to be called.
    pub const fn wants_help(&self) -> bool {
        match self {
            Self::Survey(it) => it.wants_further_appointment,
            Self::Progress(it) => it.wants_help,
        }
    }
}

#[cfg(test)]
mod tests;
