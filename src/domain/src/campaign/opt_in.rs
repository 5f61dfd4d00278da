//! The consent to announcements (`docs/spec/programme.md` §3.6), with the words to which it was given.
use chrono::{DateTime, Utc};
use codes::TeleworkStatus;

/// The words of the consent that the form has now, with their version. A change of the words adds a version.
pub const OPT_IN: (&str, &str) = WORDS[WORDS.len() - 1];

/// All versions, the oldest first. A version that was in use is never removed: it is the proof of what was agreed to.
const WORDS: [(&str, &str); 2] = [
    ("2026-11", "テレワークの無料相談やイベントのご案内を、メールで受け取ります。"),
    ("2026-12", "テレワークの無料相談やイベントのご案内、調査へのご協力のお願いを、メールで受け取ります。"),
];

/// The first version whose words name surveys.
const SURVEYS_SINCE: usize = 1;

/// A consent to announcements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptIn {
    /// The version of the words.
    pub version: String,
    pub at: DateTime<Utc>,
    /// The time at which it was taken back.
    pub stopped_at: Option<DateTime<Utc>>,
}

impl OptIn {
    /// Creates the consent to the present words.
    pub fn now(at: DateTime<Utc>) -> Self {
        Self { version: OPT_IN.0.to_owned(), at, stopped_at: None }
    }

    /// Returns whether announcements may be sent.
    pub const fn stands(&self) -> bool {
        self.stopped_at.is_none()
    }
}

/// Returns the words of a version of the consent.
pub fn opt_in_text(version: &str) -> Option<&'static str> {
    WORDS.iter().find(|(of, _)| *of == version).map(|(_, words)| *words)
}

/// Returns the versions of the words with which a registrant has opted in to surveys too.
pub fn survey_opt_ins() -> impl Iterator<Item = &'static str> {
    WORDS.iter().skip(SURVEYS_SINCE).map(|(of, _)| *of)
}

/// Returns whether a registrant with this status is one to whom the center offers advice: telework is not introduced.
pub const fn is_for_outreach(status: TeleworkStatus) -> bool {
    match status {
        TeleworkStatus::Planned | TeleworkStatus::NotPlanned => true,
        TeleworkStatus::Introduced | TeleworkStatus::Stopped => false,
    }
}
