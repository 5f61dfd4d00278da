//! The guide to support: entries, the time for which they may be shown, and the match with a company's answers
//! (`docs/spec/around.md` §6).
use chrono::NaiveDate;
pub use codes::{CompanySize, GuideKind, GuidePurpose, Industry, TeleworkStatus};
use serde::{Deserialize, Serialize};

use super::news::WebAddress;
use crate::{prefecture::Prefecture, text::TextLine};

pub mod proposal;

/// The facts of an entry of the guide beside its title and text. An empty list means that there is no condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideFacts {
    /// The ministry, local government or body that offers it.
    pub office: TextLine,
    pub kind: GuideKind,
    /// What it gives, in one sentence.
    pub gives: TextLine,
    /// Whether it is for local governments, and not for companies.
    pub for_local_government: bool,
    pub sizes: Vec<CompanySize>,
    pub prefectures: Vec<Prefecture>,
    pub industries: Vec<Industry>,
    pub statuses: Vec<TeleworkStatus>,
    pub purposes: Vec<GuidePurpose>,
    /// The first and the last day on which it can be applied for.
    pub opens: Option<NaiveDate>,
    pub closes: Option<NaiveDate>,
    pub link: WebAddress,
    /// The day on which an editor last compared the entry with its source.
    pub checked_on: NaiveDate,
    /// The last day on which the entry is valid.
    pub valid_until: Option<NaiveDate>,
    /// A remark for the reader.
    pub note: Option<TextLine>,
    /// The source from which the entry was taken; `None` if an editor wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<GuideSource>,
}

/// The public data from which an entry was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideSource {
    /// The name that the terms of use ask to show.
    pub name: TextLine,
    /// The key under which the source knows the entry.
    pub key: TextLine,
    /// The day on which the data were fetched.
    pub fetched_on: NaiveDate,
}

/// The reason why an entry is not shown, although its period lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// The day until which it is valid is over.
    Invalid,
    /// It was not checked for longer than the setting.
    Unchecked,
}

impl Hidden {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invalid => "有効期限が切れた",
            Self::Unchecked => "確認日が古い",
        }
    }
}

/// The time of application of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// It has no time of application.
    Always,
    Upcoming,
    Open,
    Closed,
}

impl Reception {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Always => "随時",
            Self::Upcoming => "予定",
            Self::Open => "募集中",
            Self::Closed => "終了",
        }
    }
}

/// The answers of a company to the four questions. `None`: it does not know, or did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuideAnswers {
    pub prefecture: Option<Prefecture>,
    pub size: Option<CompanySize>,
    pub status: Option<TeleworkStatus>,
    pub purpose: Option<GuidePurpose>,
    /// The industry is not asked for; it is known on the page of a consultation.
    pub industry: Option<Industry>,
}

/// One condition of an entry, which an answer meets or which remains to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideCondition {
    Prefecture(Option<Prefecture>),
    Size(Option<CompanySize>),
    Status(Option<TeleworkStatus>),
    Purpose(Option<GuidePurpose>),
    Industry(Option<Industry>),
    /// Applications are not accepted today.
    Reception,
}

/// The match of an entry with a company's answers. No condition of the entry contradicts an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuideMatch {
    /// The conditions that an answer meets, each with the answer.
    pub met: Vec<GuideCondition>,
    /// The conditions that remain to be checked.
    pub open: Vec<GuideCondition>,
}

impl GuideMatch {
    /// Returns whether every condition is met.
    pub const fn is_whole(&self) -> bool {
        self.open.is_empty()
    }
}

impl GuideCondition {
    /// Returns the words that say why the entry is shown, or what remains to be checked.
    pub fn words(self) -> String {
        match self {
            Self::Prefecture(Some(it)) => format!("所在地が{}", it.name()),
            Self::Prefecture(None) => "対象の地域".to_owned(),
            Self::Size(Some(it)) => format!("従業員数が{}", it.label()),
            Self::Size(None) => "対象の従業員数".to_owned(),
            Self::Status(Some(it)) => format!("テレワークを「{}」", it.label()),
            Self::Status(None) => "テレワークの導入状況".to_owned(),
            Self::Purpose(Some(it)) => format!("目的が「{}」", it.label()),
            Self::Purpose(None) => "使いみち".to_owned(),
            Self::Industry(Some(it)) => format!("業種が{}", it.label()),
            Self::Industry(None) => "対象の業種".to_owned(),
            Self::Reception => "募集の期間".to_owned(),
        }
    }
}

impl GuideFacts {
    /// Returns why the entry is hidden on `today`; `None` if it may be shown. An entry may be shown for `check_days` days
    /// after the day of its check.
    pub fn hidden(&self, today: NaiveDate, check_days: u16) -> Option<Hidden> {
        if self.valid_until.is_some_and(|it| it < today) {
            return Some(Hidden::Invalid);
        }
        let age = (today - self.checked_on).num_days();
        (age > i64::from(check_days)).then_some(Hidden::Unchecked)
    }

    pub fn reception(&self, today: NaiveDate) -> Reception {
        match (self.opens, self.closes) {
            (None, None) => Reception::Always,
            (Some(opens), _) if today < opens => Reception::Upcoming,
            (_, Some(closes)) if closes < today => Reception::Closed,
            _ => Reception::Open,
        }
    }

    /// Returns how the entry fits a company that gave these answers; `None` if an answer excludes it.
    pub fn matching(&self, answers: &GuideAnswers, today: NaiveDate) -> Option<GuideMatch> {
        if self.for_local_government {
            return None;
        }
        let mut found = GuideMatch::default();
        found.add(&self.prefectures, answers.prefecture, GuideCondition::Prefecture)?;
        found.add(&self.sizes, answers.size, GuideCondition::Size)?;
        found.add(&self.statuses, answers.status, GuideCondition::Status)?;
        found.add(&self.purposes, answers.purpose, GuideCondition::Purpose)?;
        found.add(&self.industries, answers.industry, GuideCondition::Industry)?;
        match self.reception(today) {
            Reception::Always | Reception::Open => {}
            Reception::Upcoming | Reception::Closed => found.open.push(GuideCondition::Reception),
        }
        Some(found)
    }
}

impl GuideMatch {
    /// Adds one condition; returns `None` if the answer contradicts it.
    fn add<T: Copy + PartialEq>(
        &mut self,
        allowed: &[T],
        answer: Option<T>,
        condition: fn(Option<T>) -> GuideCondition,
    ) -> Option<()> {
        match answer {
            _ if allowed.is_empty() => {}
            Some(it) if allowed.contains(&it) => self.met.push(condition(Some(it))),
            Some(_) => return None,
            None => self.open.push(condition(None)),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
