//! Events after which a consultation, or a part of it, goes on under another number.
use chrono::{DateTime, Utc};
use domain::{field::Fields, number::CaseNumber};

use crate::mail::text::TextKind;

#[derive(Clone, Copy, Debug)]
pub enum CaseNumberEvent<'a> {
    /// A part of a consultation has become this one. `from` is the number of the first one, and `left` are its fields.
    Split {
        /// The address that confirms the company's mail address and opens its page.
        confirm: &'a str,
        from: &'a CaseNumber,
        left: Fields,
        /// The number of messages that went to the new one.
        messages: usize,
    },
    /// The consultation was merged into `kept`, whose next contact of the center is due at `contact_due`.
    Merged { portal: &'a str, kept: &'a CaseNumber, contact_due: Option<DateTime<Utc>> },
    /// The merge into `kept` was undone.
    Unmerged { portal: &'a str, kept: &'a CaseNumber },
}

impl CaseNumberEvent<'_> {
    /// Returns the text of the event.
    pub const fn text(&self) -> TextKind {
        match self {
            Self::Split { .. } => TextKind::CaseSplit,
            Self::Merged { .. } => TextKind::CaseMerged,
            Self::Unmerged { .. } => TextKind::CaseUnmerged,
        }
    }
}
