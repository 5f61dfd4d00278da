//! The correction of what was recorded as the outcome of an appointment.
pub use codes::AppointmentOutcome;

use super::{action::another_time, refused::ActionRefused, state::State};

/// A correction of the outcome of an appointment, with the facts that decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeCorrection {
    pub from: AppointmentOutcome,
    pub to: AppointmentOutcome,
    /// Whether another of two experts, or none any more, is recorded as the one who did not come.
    pub changes_absent: bool,
    /// Whether no later appointment of the consultation has an outcome.
    pub is_latest: bool,
    /// Whether a further appointment is planned, and none was held since.
    pub plans_further: bool,
    /// Whether a later time is held or booked.
    pub is_booked: bool,
    /// Whether an expert is asked and has not answered.
    pub is_asked: bool,
    /// Whether the company has got the report on the appointment, and its author would not have been there.
    pub is_report_sent: bool,
    /// Whether the experts who stay can give another appointment, if this one did not take place.
    pub covered: bool,
}

/// The thing that was done since, and on which the recorded outcome stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltOnOutcome {
    /// A later time is held or booked.
    Booking,
    /// An expert is asked for the next appointment.
    Request,
    /// The company has got the report.
    Report,
}

impl OutcomeCorrection {
    /// Returns the state after the correction, or the reason why it is refused.
    pub(super) fn state_after(self, before: &State) -> Result<State, ActionRefused> {
        let done = |it: AppointmentOutcome| matches!(it, AppointmentOutcome::Done);
        if self.from == self.to && !self.changes_absent {
            return Err(ActionRefused::SameOutcome(self.to));
        }
        // The company and the expert are both absent from an appointment that was not held: nothing stands on which.
        if !done(self.from) && !done(self.to) {
            return Ok(before.clone());
        }
        if self.is_booked {
            return Err(ActionRefused::OutcomeIsUsed(BuiltOnOutcome::Booking));
        }
        if done(self.from) && done(self.to) {
            // It took place either way; only the field that is owed changes.
            return match (self.is_asked, self.is_report_sent) {
                (true, _) => Err(ActionRefused::OutcomeIsUsed(BuiltOnOutcome::Request)),
                (false, true) => Err(ActionRefused::OutcomeIsUsed(BuiltOnOutcome::Report)),
                (false, false) => Ok(before.clone()),
            };
        }
        if done(self.from) {
            if self.is_report_sent {
                return Err(ActionRefused::OutcomeIsUsed(BuiltOnOutcome::Report));
            }
            let leads_back = self.is_latest && matches!(before, State::Consulted | State::FollowUp);
            return Ok(if leads_back { another_time(self.covered) } else { before.clone() });
        }
        if !before.is_open() || self.plans_further {
            return Ok(before.clone());
        }
        if self.is_asked {
            return Err(ActionRefused::OutcomeIsUsed(BuiltOnOutcome::Request));
        }
        Ok(State::Consulted)
    }
}
