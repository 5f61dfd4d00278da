//! Events of a company's consent that its consultation becomes an example.
use chrono::{DateTime, Utc};

use crate::mail::text::TextKind;

/// The word of the company about its example, for the center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleNews {
    Agreed,
    Declined,
    Approved,
    ChangesWanted,
    Withdrawn,
}

/// An event of a consent. A `portal` is the absolute address that opens the company's page.
#[derive(Clone, Copy, Debug)]
pub enum ExampleEvent<'a> {
    /// The center asks the company whether its consultation may become an example.
    Wanted { portal: &'a str, until: DateTime<Utc> },
    /// The text is ready to be read by the company.
    Review { portal: &'a str, until: DateTime<Utc> },
    /// The text still waits for the company.
    Reminder { portal: &'a str, until: DateTime<Utc> },
    /// The text that the company has approved becomes public.
    Public { portal: &'a str, address: &'a str, from: DateTime<Utc> },
    /// The consent has ended, and the text is erased.
    Over {
        portal: &'a str,
        was_public: bool,
        /// Whether it has ended because its time was over.
        in_silence: bool,
    },
    /// The company has said something. The mail is for the center.
    Told { news: ExampleNews },
}

impl ExampleEvent<'_> {
    /// Returns the text of the event.
    pub(super) const fn text(&self) -> TextKind {
        match self {
            Self::Wanted { .. } => TextKind::ExampleWanted,
            Self::Review { .. } => TextKind::ExampleReview,
            Self::Reminder { .. } => TextKind::ExampleReminder,
            Self::Public { .. } => TextKind::ExamplePublic,
            Self::Over { .. } => TextKind::ExampleOver,
            Self::Told { .. } => TextKind::ExampleTold,
        }
    }
}

impl ExampleNews {
    /// Returns what the company has said, and what the center does now.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Agreed => {
                "協力に同意しました。\n下書きができています。\n文章を書いて、企業に確認を依頼してください。"
            }
            Self::Declined => "協力は見送りたいとのことです。\n対応は必要ありません。",
            Self::Approved => "文章を確認しました。公開できます。",
            Self::ChangesWanted => {
                "文章の修正を希望しています。\n直してから、もう一度、確認を依頼してください。"
            }
            Self::Withdrawn => {
                "協力を取りやめました。\n文章は削除し、公開していたときは公開も終えました。\n対応は必要ありません。"
            }
        }
    }
}
