//! The notice of a survey: who asks whom, when and how, so that a recipient can compare a request with it
//! (`docs/spec/around.md` §5). The questions that are asked here are in [`crate::survey`].
use chrono::NaiveDate;
use codes::{Industry, TeleworkStatus};
pub use codes::{SurveyAccess, SurveyChannel};
use serde::{Deserialize, Serialize};

use super::example::picture::ExamplePicture;
use crate::{
    calendar::japan_date,
    prefecture::Prefecture,
    survey::SurveyQuestions,
    text::{Prose, TextLine},
};

mod finding;

pub use finding::{PhoneCheck, SurveySearch};

/// The facts of a notice beside its title and its text. All of them are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyFacts {
    /// The ministry or body that commissions the survey.
    pub office: TextLine,
    /// The firm that asks in its name; `None` if the office asks itself.
    pub firm: Option<TextLine>,
    pub target: SurveyTarget,
    pub channels: Vec<SurveyChannel>,
    /// The first and the last day on which people are asked.
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    /// The place for questions about the survey, with its hours.
    pub contact: TextLine,
    /// The telephone number of the survey, as typed.
    pub phone: Option<TextLine>,
    /// Words that stand on the envelope or in the request, by which it is found.
    pub words: Option<TextLine>,
    /// Pictures of a sample.
    #[serde(default)]
    pub pictures: Vec<ExamplePicture>,
    /// The questions, if they are answered here.
    #[serde(default)]
    pub form: Option<SurveyForm>,
}

/// The companies that are asked. An empty list means that there is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyTarget {
    pub prefectures: Vec<Prefecture>,
    pub industries: Vec<Industry>,
    pub statuses: Vec<TeleworkStatus>,
    /// A remark, such as the number of those who are asked.
    pub note: Option<TextLine>,
}

/// The questions of a survey that are answered here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyForm {
    pub access: SurveyAccess,
    /// The last day on which answers are taken.
    pub closes_on: NaiveDate,
    /// The words for a person who has answered; a sentence of ours if it is empty.
    pub thanks: Option<Prose>,
    pub questions: SurveyQuestions,
}

/// A fault of the facts together, with the field of the form that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurveyFault {
    #[error("調査を終える日は、始める日以降にしてください")]
    EndsBeforeItStarts,
    #[error("調査の方法を1つ以上選択してください")]
    NoChannel,
    #[error("回答の締切りは、調査を始める日以降にしてください")]
    ClosesBeforeItStarts,
    #[error("電話で調査するときは、電話番号を入力してください")]
    NoPhone,
}

impl SurveyFault {
    pub const fn field(self) -> &'static str {
        match self {
            Self::EndsBeforeItStarts => "ends_date",
            Self::NoChannel => "channel",
            Self::ClosesBeforeItStarts => "closes_date",
            Self::NoPhone => "survey_phone",
        }
    }
}

impl SurveyFacts {
    /// Returns every fault of the facts together.
    pub fn faults(&self) -> Vec<SurveyFault> {
        let is_by_phone = self.channels.contains(&SurveyChannel::Telephone);
        let closes_early = self.form.as_ref().is_some_and(|it| it.closes_on < self.starts_on);
        let faults = [
            (self.ends_on < self.starts_on, SurveyFault::EndsBeforeItStarts),
            (self.channels.is_empty(), SurveyFault::NoChannel),
            (closes_early, SurveyFault::ClosesBeforeItStarts),
            (is_by_phone && self.phone.is_none(), SurveyFault::NoPhone),
        ];
        faults.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, it)| it).collect()
    }

    /// Returns whether people are asked no more at `now`.
    pub fn is_over(&self, now: chrono::DateTime<chrono::Utc>) -> bool {
        self.ends_on < japan_date(now)
    }
}

#[cfg(test)]
mod tests;
