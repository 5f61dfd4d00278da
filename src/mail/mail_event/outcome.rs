//! Events about the outcome of an appointment that was not held, or that was recorded wrongly.
use domain::consultation::AppointmentOutcome;

use super::{AppointmentText, ReaderSide};
use crate::mail::text::TextKind;

#[derive(Clone, Copy, Debug)]
pub enum OutcomeEvent<'a> {
    /// The company was there, and the expert did not come.
    ExpertMissed {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        /// Whether another outcome was recorded before.
        is_correction: bool,
    },
    /// The outcome that was recorded is another one. The center is not told, since it reads the history.
    Corrected {
        side: ReaderSide<'a>,
        appointment: AppointmentText<'a>,
        was: AppointmentOutcome,
        outcome: AppointmentOutcome,
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
