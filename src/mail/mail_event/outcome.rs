//! Events about the outcome of an appointment that was not held, or that was recorded wrongly.
use domain::{booking::appointment::RecordedOutcome, field::Field};

use super::{AppointmentText, ReaderSide};
use crate::mail::text::TextKind;

/// The part of an appointment that was not given, because one of its two experts did not come.
#[derive(Clone, Copy, Debug)]
pub struct MissedPart<'a> {
    /// The name of that expert.
    pub expert: &'a str,
    pub owed: Option<Field>,
    /// Whether the company can plan the appointment that makes up for it by itself now.
    pub may_choose: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum OutcomeEvent<'a> {
    /// The company was there, and the expert did not come.
    ExpertMissed {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        /// The one of two experts who did not come, if the other held the appointment.
        part: Option<MissedPart<'a>>,
        /// Whether another outcome was recorded before.
        is_correction: bool,
    },
    /// The outcome that was recorded is another one. The center is not told, since it reads the history.
    Corrected {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        was: RecordedOutcome,
        outcome: RecordedOutcome,
    },
}

impl OutcomeEvent<'_> {
    pub(super) const fn text(&self) -> TextKind {
        match self {
            Self::ExpertMissed { side: ReaderSide::Company { .. }, .. } => TextKind::ExpertMissedCompany,
            Self::ExpertMissed { side: ReaderSide::Expert, .. } => TextKind::ExpertMissedExpert,
            Self::ExpertMissed { side: ReaderSide::Center, .. } => TextKind::ExpertMissedCenter,
            Self::Corrected { side: ReaderSide::Company { .. }, .. } => TextKind::OutcomeCorrectedCompany,
            Self::Corrected { side: ReaderSide::Expert | ReaderSide::Center, .. } => {
                TextKind::OutcomeCorrectedExpert
            }
        }
    }
}
