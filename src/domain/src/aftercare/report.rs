//! The report that an expert writes after an appointment (実施報告書), and its review by the center.
use chrono::{DateTime, Utc};
pub use codes::{ReportGap, ReportStatus};
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AppointmentId, ConsultationId, ExpertId, ReportId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub id: ReportId,
    pub consultation: ConsultationId,
    pub appointment: AppointmentId,
    pub author: ExpertId,
    pub body: ReportBody,
    pub state: ReportState,
    /// The version, which rises with every save, so that an older page cannot overwrite a newer one.
    pub version: i32,
}

/// The content of a report (`docs/spec/programme.md` §1.6). Everything but the internal note goes to the
/// company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportBody {
    pub attendees: String,
    pub present_state: String,
    pub advice: String,
    /// The next steps of the company, with the person and the date for each.
    pub next_steps: String,
    /// The tools and documents that were used, in neutral words.
    pub documents: String,
    #[serde(rename = "further_session")]
    pub further_appointment: bool,
    /// Whether the other field is needed as well.
    pub other_field: bool,
    /// The expected time of the introduction in the company's words: 「2027年4月ごろ」.
    pub expected_introduction: String,
    /// Whether the company agrees that the case is published without its name.
    pub publishable: bool,
    /// A note that only the center sees.
    pub internal_note: String,
    /// The numbers of the examples that the expert recommends to the company.
    pub examples: Vec<i32>,
    /// The numbers of the entries of the guide that the expert recommends to the company.
    pub guides: Vec<i32>,
}

/// The most examples of a report.
pub const MOST_EXAMPLES: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportState {
    Draft,
    Submitted { at: DateTime<Utc> },
    Approved { at: DateTime<Utc>, by: AccountId },
    Returned { reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefused {
    #[error("提出済みの報告書は変更できません。直すときは、センターに差戻しを依頼してください。")]
    AlreadySubmitted,
    #[error("この報告書は、まだ提出されていません。")]
    NotSubmitted,
    #[error("現状、助言の内容、今後の取組みを入力してください。")]
    Incomplete,
    #[error("ほかの画面で先に保存されました。最新の内容を確認してください。")]
    Stale,
    #[error("この報告書は、まだ企業に渡していません。報告書の画面から直してください。")]
    NotDelivered,
    #[error("報告書の内容が変わっていません。")]
    Unchanged,
}

/// An expert of an appointment, as a possible writer of its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportWriter {
    pub expert: ExpertId,
    /// Whether the expert has an account, came to the appointment, and has not handed the report over.
    pub can_write: bool,
    /// Whether a recorded absence covers the day on which the report is due, or today if that is past.
    pub is_absent: bool,
}

/// Returns the expert who is asked for the report: the first who can write it and is there, else the first who can.
pub fn report_author(writers: &[ReportWriter]) -> Option<ExpertId> {
    let there = writers.iter().find(|it| it.can_write && !it.is_absent);
    there.or_else(|| writers.iter().find(|it| it.can_write)).map(|it| it.expert)
}

/// Returns why the center sees to the report; `None` while an expert is expected to write it.
pub fn report_gap(writers: &[ReportWriter]) -> Option<ReportGap> {
    let mut able = writers.iter().filter(|it| it.can_write).peekable();
    match able.peek() {
        None => Some(ReportGap::NoExpert),
        Some(_) => able.all(|it| it.is_absent).then_some(ReportGap::Absent),
    }
}

impl Report {
    /// Saves the text written so far. Refused if `version` is not the current one or the report has been
    /// submitted.
    pub fn save(self, body: ReportBody, version: i32) -> Result<Self, ReportRefused> {
        if version != self.version {
            return Err(ReportRefused::Stale);
        }
        match self.state {
            ReportState::Draft | ReportState::Returned { .. } => {
                Ok(Self { body, version: self.version + 1, ..self })
            }
            ReportState::Submitted { .. } | ReportState::Approved { .. } => {
                Err(ReportRefused::AlreadySubmitted)
            }
        }
    }

    /// Submits the report to the center. Refused while one of the three required parts is empty.
    pub fn submit(self, at: DateTime<Utc>) -> Result<Self, ReportRefused> {
        if self.body.missing().next().is_some() {
            return Err(ReportRefused::Incomplete);
        }
        match self.state {
            ReportState::Draft | ReportState::Returned { .. } => {
                Ok(Self { state: ReportState::Submitted { at }, version: self.version + 1, ..self })
            }
            ReportState::Submitted { .. } | ReportState::Approved { .. } => {
                Err(ReportRefused::AlreadySubmitted)
            }
        }
    }

    pub fn approve(self, by: AccountId, at: DateTime<Utc>) -> Result<Self, ReportRefused> {
        self.submitted()?;
        Ok(Self { state: ReportState::Approved { at, by }, version: self.version + 1, ..self })
    }

    /// Returns the report to the expert; `reason` says what has to be corrected.
    pub fn give_back(self, reason: String) -> Result<Self, ReportRefused> {
        self.submitted()?;
        Ok(Self { state: ReportState::Returned { reason }, version: self.version + 1, ..self })
    }

    /// Replaces the content of a report that the company has. Refused if `version` is not the current one, a required part
    /// is empty, or nothing changes. It stays approved as of its first approval.
    pub fn correct(self, body: ReportBody, version: i32) -> Result<Self, ReportRefused> {
        match self.state {
            ReportState::Approved { .. } => {}
            ReportState::Draft | ReportState::Submitted { .. } | ReportState::Returned { .. } => {
                return Err(ReportRefused::NotDelivered);
            }
        }
        if version != self.version {
            return Err(ReportRefused::Stale);
        }
        if body.missing().next().is_some() {
            return Err(ReportRefused::Incomplete);
        }
        if body == self.body {
            return Err(ReportRefused::Unchanged);
        }
        Ok(Self { body, version: self.version + 1, ..self })
    }

    const fn submitted(&self) -> Result<(), ReportRefused> {
        match self.state {
            ReportState::Submitted { .. } => Ok(()),
            ReportState::Draft | ReportState::Approved { .. } | ReportState::Returned { .. } => {
                Err(ReportRefused::NotSubmitted)
            }
        }
    }
}

impl ReportBody {
    /// Returns what is left of a report whose words are erased: the choices and recommendations, which the figures count.
    #[must_use]
    pub fn without_words(self) -> Self {
        let Self { further_appointment, other_field, publishable, examples, guides, .. } = self;
        Self { further_appointment, other_field, publishable, examples, guides, ..Self::default() }
    }

    /// Returns whether the company reads the same in both.
    pub fn reads_like(&self, other: &Self) -> bool {
        let shown = |it: &Self| Self { internal_note: String::new(), publishable: false, ..it.clone() };
        shown(self) == shown(other)
    }

    /// Returns the names of the required parts that are still empty.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        [("present_state", &self.present_state), ("advice", &self.advice), ("next_steps", &self.next_steps)]
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| name)
    }
}

impl ReportState {
    /// Returns the state without its data.
    pub const fn status(&self) -> ReportStatus {
        match self {
            Self::Draft => ReportStatus::Draft,
            Self::Submitted { .. } => ReportStatus::Submitted,
            Self::Approved { .. } => ReportStatus::Approved,
            Self::Returned { .. } => ReportStatus::Returned,
        }
    }

    pub const fn code(&self) -> &'static str {
        self.status().code()
    }

    pub const fn label(&self) -> &'static str {
        self.status().label()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::{
        Report, ReportBody, ReportGap, ReportRefused, ReportState, ReportWriter, report_author, report_gap,
    };
    use crate::id::{AccountId, AppointmentId, ConsultationId, ExpertId, ReportId};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const CENTER: AccountId = AccountId(Uuid::nil());

    fn report(state: ReportState) -> Report {
        let body = ReportBody {
            present_state: "紙の勤怠管理".into(),
            advice: "段階的な導入".into(),
            next_steps: "規程の案を作る".into(),
            ..ReportBody::default()
        };
        Report {
            id: ReportId(Uuid::nil()),
            consultation: ConsultationId(Uuid::nil()),
            appointment: AppointmentId(Uuid::nil()),
            author: ExpertId(Uuid::nil()),
            body,
            state,
            version: 1,
        }
    }

    /// Checks every state against every action.
    #[test]
    fn a_report_changes_only_as_its_state_allows() {
        let submitted = ReportState::Submitted { at: NOW };
        let approved = ReportState::Approved { at: NOW, by: CENTER };
        let returned = ReportState::Returned { reason: "次回の時期が未記入".into() };
        for (state, writable, decidable) in [
            (ReportState::Draft, true, false),
            (submitted, false, true),
            (approved, false, false),
            (returned, true, false),
        ] {
            let it = || report(state.clone());
            assert_eq!(it().save(ReportBody::default(), 1).is_ok(), writable, "{state:?}");
            assert_eq!(it().submit(NOW).is_ok(), writable, "{state:?}");
            assert_eq!(it().approve(CENTER, NOW).is_ok(), decidable, "{state:?}");
            assert_eq!(it().give_back("理由".into()).is_ok(), decidable, "{state:?}");
        }
    }

    #[test]
    fn every_action_leads_to_its_state_and_to_the_next_version() {
        let at = NOW + chrono::TimeDelta::hours(1);
        let is = |it: Result<Report, ReportRefused>| it.map(|it| (it.state, it.version));
        let saved = report(ReportState::Draft)
            .save(ReportBody { further_appointment: true, ..ReportBody::default() }, 1);
        assert!(saved.as_ref().is_ok_and(|it| it.body.further_appointment));
        assert_eq!(is(saved), Ok((ReportState::Draft, 2)));
        assert_eq!(is(report(ReportState::Draft).submit(at)), Ok((ReportState::Submitted { at }, 2)));
        let submitted = || report(ReportState::Submitted { at: NOW });
        assert_eq!(is(submitted().approve(CENTER, at)), Ok((ReportState::Approved { at, by: CENTER }, 2)));
        let reason = || "次回の時期が未記入".to_owned();
        assert_eq!(is(submitted().give_back(reason())), Ok((ReportState::Returned { reason: reason() }, 2)));
    }

    #[test]
    fn the_center_sees_to_a_report_that_nobody_is_there_to_write() {
        let (one, two) = (ExpertId(Uuid::from_u128(1)), ExpertId(Uuid::from_u128(2)));
        let writer = |expert, can_write, is_absent| ReportWriter { expert, can_write, is_absent };
        for (writers, author, gap) in [
            (vec![], None, Some(ReportGap::NoExpert)),
            (vec![writer(one, false, false)], None, Some(ReportGap::NoExpert)),
            (vec![writer(one, true, false)], Some(one), None),
            (vec![writer(one, true, true)], Some(one), Some(ReportGap::Absent)),
            (vec![writer(one, true, true), writer(two, true, false)], Some(two), None),
            (vec![writer(one, true, true), writer(two, true, true)], Some(one), Some(ReportGap::Absent)),
            (vec![writer(one, false, false), writer(two, true, true)], Some(two), Some(ReportGap::Absent)),
        ] {
            assert_eq!((report_author(&writers), report_gap(&writers)), (author, gap), "{writers:?}");
        }
    }

    #[test]
    fn an_empty_report_is_kept_but_not_submitted() {
        let empty = report(ReportState::Draft).save(ReportBody::default(), 1).unwrap();
        assert_eq!(empty.version, 2);
        assert_eq!(empty.submit(NOW), Err(ReportRefused::Incomplete));
    }

    #[test]
    fn an_older_page_does_not_overwrite() {
        let saved = report(ReportState::Draft).save(ReportBody::default(), 0);
        assert_eq!(saved, Err(ReportRefused::Stale));
    }

    #[test]
    fn a_state_has_the_code_and_the_label_of_its_status() {
        let state = ReportState::Submitted { at: NOW };
        assert_eq!((state.code(), state.label()), ("submitted", state.status().label()));
        assert_ne!(state.label(), ReportState::Draft.label());
    }
}
