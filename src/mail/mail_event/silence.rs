//! Events of a case in which nothing happens, and of a time that is kept for it.
use chrono::{DateTime, Utc};

use super::{AppointmentText, ReaderSide};
use crate::mail::text::TextKind;

/// The action for which a case waits while it is the company's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompanyTurn {
    Choose,
    Answer,
    Confirm,
}

/// The event that causes a mail because nothing happens.
#[derive(Clone, Copy, Debug)]
pub enum SilenceEvent<'a> {
    /// The time that is kept for the company will be released.
    HoldEnding { side: ReaderSide<'a>, slot: AppointmentText<'a>, until: DateTime<Utc> },
    /// The time that was kept for the company is released.
    HoldReleased {
        portal: &'a str,
        slot: AppointmentText<'a>,
        /// Whether the company can choose another time at once.
        may_choose: bool,
        /// Whether the day became a closing day.
        day_closed: bool,
    },
    /// Experts are being asked, for days.
    Searching { portal: &'a str },
    /// It is the company's turn, for days.
    CompanyReminder { portal: &'a str, waits_for: CompanyTurn },
    /// An appointment is over, and its outcome is not recorded. `is_asked` says whether an expert is asked for it.
    OutcomeMissing { side: ReaderSide<'a>, appointment: AppointmentText<'a>, is_asked: bool },
    /// An appointment is near, an expert of it will be absent, and no substitute has been found.
    /// The center is in touch with the company until `contact_due`.
    ExpertAway { side: ReaderSide<'a>, appointment: AppointmentText<'a>, contact_due: DateTime<Utc> },
    /// The center has closed a case whose company did not answer.
    ClosedInSilence { portal: &'a str },
}

impl SilenceEvent<'_> {
    /// Returns whether the mail asks its reader to confirm the address. The warning before the end of a hold does, if the
    /// address is not confirmed.
    pub const fn proves_address(&self) -> bool {
        matches!(
            self,
            Self::HoldEnding { side: ReaderSide::Company { .. }, .. }
                | Self::CompanyReminder { waits_for: CompanyTurn::Confirm, .. }
        )
    }

    /// Returns the text of the event.
    pub const fn text(&self) -> TextKind {
        match self {
            Self::HoldEnding { side: ReaderSide::Company { .. }, .. } => TextKind::HoldEnding,
            Self::HoldEnding { .. } => TextKind::HoldEndingCenter,
            Self::HoldReleased { .. } => TextKind::HoldReleased,
            Self::CompanyReminder { waits_for: CompanyTurn::Choose, .. } => TextKind::ChooseReminder,
            Self::CompanyReminder { waits_for: CompanyTurn::Answer, .. } => TextKind::AnswerReminder,
            Self::CompanyReminder { waits_for: CompanyTurn::Confirm, .. } => TextKind::ConfirmReminder,
            Self::Searching { .. } => TextKind::Searching,
            Self::OutcomeMissing { side: ReaderSide::Expert, .. } => TextKind::OutcomeMissingExpert,
            Self::OutcomeMissing { .. } => TextKind::OutcomeMissingCenter,
            Self::ExpertAway { side: ReaderSide::Company { .. }, .. } => TextKind::ExpertAwayCompany,
            Self::ExpertAway { .. } => TextKind::ExpertAwayCenter,
            Self::ClosedInSilence { .. } => TextKind::ClosedInSilence,
        }
    }
}
