//! Questions planned for after the consultation (フォローアップ): when, what is asked, and what the answers mean.
mod step;

use chrono::{DateTime, TimeDelta, Utc};
use codes::codes;
pub use codes::{FollowUpKind as Kind, FollowUpStatus};
use serde::{Deserialize, Serialize};

pub use step::{
    Addressee, Anchors, BadStep, Condition, FollowUpStep, MOST_STEPS, Origin, PlanChange, StepDecision, Stop,
    When, plan, ready, replan,
};

use crate::id::{ConsultationId, FollowUpId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    pub id: FollowUpId,
    pub consultation: ConsultationId,
    pub kind: Kind,
    /// The number of sessions done when it was planned: a further session plans anew.
    pub round: i16,
    pub state: FollowUpState,
    pub due_at: DateTime<Utc>,
    /// What it was planned by.
    pub step: FollowUpStep,
    /// What its time was reckoned from; not known of what was planned before programmes were kept.
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

/// What the company answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum FollowUpAnswer {
    Survey(SurveyAnswer),
    Progress(ProgressAnswer),
}

/// The three sentences that the ministries have used as indicators (`docs/spec/programme.md` §1.6), word for
/// word, and two questions of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAnswer {
    pub purpose_achieved: SurveyAgreement,
    pub satisfied: SurveyAgreement,
    pub will_consider: SurveyAgreement,
    pub wants_further_session: bool,
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

/// How long an answer can be changed after it was given. Days.
pub const EDITABLE_DAYS: i64 = 14;
/// How long after it was sent a question waits for its answer. Days.
pub const WAITS_DAYS: i64 = 60;

impl FollowUp {
    pub fn send(self, at: DateTime<Utc>) -> Result<Self, FollowUpRefused> {
        match self.state {
            FollowUpState::Planned => Ok(Self { state: FollowUpState::Sent { at }, ..self }),
            FollowUpState::Sent { .. }
            | FollowUpState::Answered { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => Err(FollowUpRefused::Over),
        }
    }

    /// Takes an answer, or another one while it can still be changed. The time of the first answer stays.
    pub fn answer(self, answer: FollowUpAnswer, now: DateTime<Utc>) -> Result<Self, FollowUpRefused> {
        self.takes_answer(now)?;
        let at = match self.state {
            FollowUpState::Answered { at, .. } => at,
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => now,
        };
        Ok(Self { state: FollowUpState::Answered { at, answer }, ..self })
    }

    /// Whether an answer is taken now: a first one, late as it may be, or a change of it.
    pub fn takes_answer(&self, now: DateTime<Utc>) -> Result<(), FollowUpRefused> {
        match &self.state {
            FollowUpState::Sent { .. } | FollowUpState::Lapsed => Ok(()),
            FollowUpState::Answered { .. } if self.editable_until().is_some_and(|it| now < it) => Ok(()),
            FollowUpState::Planned => Err(FollowUpRefused::NotSent),
            FollowUpState::Answered { .. } | FollowUpState::Skipped => Err(FollowUpRefused::Over),
        }
    }

    /// Until when the answer that was given can be changed.
    pub fn editable_until(&self) -> Option<DateTime<Utc>> {
        match &self.state {
            FollowUpState::Answered { at, .. } => Some(*at + TimeDelta::days(EDITABLE_DAYS)),
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    /// Nobody answered in all the time that it waits.
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

    /// No longer to be asked. What was answered stays.
    pub fn skip(self) -> Self {
        let state = match self.state {
            FollowUpState::Planned | FollowUpState::Sent { .. } => FollowUpState::Skipped,
            ended @ (FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed) => {
                ended
            }
        };
        Self { state, ..self }
    }

    /// What was answered, if it was.
    pub const fn given(&self) -> Option<&FollowUpAnswer> {
        match &self.state {
            FollowUpState::Answered { answer, .. } => Some(answer),
            FollowUpState::Planned
            | FollowUpState::Sent { .. }
            | FollowUpState::Skipped
            | FollowUpState::Lapsed => None,
        }
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.state, FollowUpState::Answered { .. } | FollowUpState::Skipped | FollowUpState::Lapsed)
    }

    /// Its answer, as it stands, says that the company wishes to be called.
    pub const fn asks_for_help(&self) -> bool {
        matches!(&self.state, FollowUpState::Answered { answer, .. } if answer.wants_help())
    }
}

impl FollowUpState {
    /// The state without what it carries.
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
    /// The sentences, in the order of the fields.
    pub const SENTENCES: [&'static str; 3] = [
        "問い合わせの目的が達成できた",
        "問い合わせへの対応に満足した",
        "テレワークの導入を積極的に検討する",
    ];
}

impl FollowUpAnswer {
    /// The company wishes to be called.
    pub const fn wants_help(&self) -> bool {
        match self {
            Self::Survey(it) => it.wants_further_session,
            Self::Progress(it) => it.wants_help,
        }
    }
}

#[cfg(test)]
mod tests;
