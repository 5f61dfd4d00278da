//! Events after which a consultation, or a part of it, goes on under another number.
use chrono::{DateTime, Utc};
use domain::{field::Fields, number::CaseNumber};

use super::{AppointmentText, TimeNews};
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
    Merged {
        portal: &'a str,
        kept: &'a CaseNumber,
        contact_due: Option<DateTime<Utc>>,
        /// The time of this consultation that has ended with the merge.
        lost: Option<(AppointmentText<'a>, TimeNews)>,
        /// Whether it was split from the kept one, and the split is undone.
        was_split: bool,
        /// The start of the kept one's booked appointment, which takes place as it was.
        stands: Option<DateTime<Utc>>,
    },
    /// The merge into `kept` was undone. `booked` is the appointment that was cancelled with the merge and is booked again.
    Unmerged { portal: &'a str, kept: &'a CaseNumber, booked: Option<AppointmentText<'a>> },
    /// A merge was undone by which another contact spoke for this consultation: its own contact speaks for it again.
    /// `other` is the consultation that was merged into it.
    Restored { portal: &'a str, other: &'a CaseNumber },
}

impl<'a> CaseNumberEvent<'a> {
    /// Returns the appointment that the mail puts into or removes from the company's calendar.
    pub const fn calendar_appointment(&self) -> Option<&AppointmentText<'a>> {
        match self {
            Self::Merged { lost: Some((it, news)), .. } if news.is_booked() => Some(it),
            Self::Unmerged { booked, .. } => booked.as_ref(),
            Self::Split { .. } | Self::Merged { .. } | Self::Restored { .. } => None,
        }
    }

    /// Returns the text of the event.
    pub const fn text(&self) -> TextKind {
        match self {
            Self::Split { .. } => TextKind::CaseSplit,
            Self::Merged { .. } => TextKind::CaseMerged,
            Self::Unmerged { .. } => TextKind::CaseUnmerged,
            Self::Restored { .. } => TextKind::CaseRestored,
        }
    }
}
