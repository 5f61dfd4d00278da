//! Events that cause a mail about the network of companies that have introduced telework.
use chrono::{DateTime, Utc};

use crate::mail::text::TextKind;

/// The cause of a mail to a mentor, to a person who asks, or to the center.
#[derive(Clone, Copy, Debug)]
pub enum NetworkMailEvent<'a> {
    /// The address of a mentor is to be proved, or its page is asked for again.
    ProveMentor { page: &'a str, until: DateTime<Utc> },
    MentorDecided {
        page: &'a str,
        is_listed: bool,
        /// The reason of a rejection; may be empty.
        reason: &'a str,
    },
    /// The address of a person who asks is to be proved.
    ProveQuestion { page: &'a str, until: DateTime<Utc> },
    /// The center has passed a question on to the mentor.
    Question {
        page: &'a str,
        words: &'a str,
        /// Prefecture, industry and size band of the asker.
        outline: &'a str,
        until: DateTime<Utc>,
    },
    /// The mentor has not answered yet.
    Reminder {
        page: &'a str,
        words: &'a str,
        /// Prefecture, industry and size band of the asker.
        outline: &'a str,
        until: DateTime<Utc>,
    },
    /// The asker hears that the question was passed on.
    Passed { page: &'a str, mentor: &'a str, until: DateTime<Utc> },
    /// The other side has written.
    Words { page: &'a str, words: &'a str, from: &'a str },
    /// The question is back at the center.
    Back { page: &'a str, why: &'a str },
    /// Both sides agree: each hears the other's address.
    Introduced { company: &'a str, person: &'a str, address: &'a str },
    /// Questions or mentors wait for the center.
    Waiting { questions: u64, mentors: u64, since: DateTime<Utc>, page: &'a str },
}

impl NetworkMailEvent<'_> {
    pub const fn text(&self) -> TextKind {
        match self {
            Self::ProveMentor { .. } => TextKind::MentorProve,
            Self::MentorDecided { .. } => TextKind::MentorDecided,
            Self::ProveQuestion { .. } => TextKind::NetworkProve,
            Self::Question { .. } => TextKind::NetworkQuestion,
            Self::Reminder { .. } => TextKind::MentorReminder,
            Self::Passed { .. } => TextKind::NetworkPassed,
            Self::Words { .. } => TextKind::NetworkWords,
            Self::Back { .. } => TextKind::NetworkBack,
            Self::Introduced { .. } => TextKind::NetworkIntroduced,
            Self::Waiting { .. } => TextKind::NetworkWaiting,
        }
    }

    /// Returns whether its reader answers it at our relay address.
    pub const fn is_relayed(&self) -> bool {
        matches!(self, Self::Question { .. } | Self::Reminder { .. } | Self::Words { .. })
    }
}
