//! What an expert writes after a session (実施報告書), and who has to look at it.
use chrono::{DateTime, Utc};
pub use codes::ReportStatus;
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
    /// Rises with every save; an older page cannot overwrite a newer one.
    pub version: i32,
}

/// What the report says (`docs/spec/programme.md` §1.6). Everything but the internal note goes to the company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportBody {
    pub attendees: String,
    pub present_state: String,
    pub advice: String,
    /// What the company does next, by whom and by when.
    pub next_steps: String,
    /// Tools and documents, named neutrally.
    pub documents: String,
    pub further_session: bool,
    /// The other field is needed as well.
    pub other_field: bool,
    /// As the company said it: 「2027年4月ごろ」.
    pub expected_introduction: String,
    /// The company agrees that the case may be published without its name.
    pub publishable: bool,
    /// For the center alone.
    pub internal_note: String,
}

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
}

impl Report {
    /// Keeps what was written so far.
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

    /// Hands the report to the center. The three parts that the company reads have to be there.
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

    /// Gives it back to the expert with what is to be mended.
    pub fn give_back(self, reason: String) -> Result<Self, ReportRefused> {
        self.submitted()?;
        Ok(Self { state: ReportState::Returned { reason }, version: self.version + 1, ..self })
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
    /// The names of the parts that still have to be written before it can be submitted.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        [("present_state", &self.present_state), ("advice", &self.advice), ("next_steps", &self.next_steps)]
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| name)
    }
}

impl ReportState {
    /// The state without what it carries.
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

    use super::{Report, ReportBody, ReportRefused, ReportState};
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

    /// Every state × every act: who may still change it.
    #[test]
    fn transitions() {
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
}
