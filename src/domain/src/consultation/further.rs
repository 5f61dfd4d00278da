//! The further appointment of a consultation: whether one is planned, and who can take it back.
use super::{ActionKind, Consultation, ConsultationStatus};
use crate::actor::Party;

/// An event of the history, as far as it decides whether a further appointment is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanStep {
    pub action: ActionKind,
    /// The state before the event; `None` for the first one.
    pub from: Option<ConsultationStatus>,
    pub to: ConsultationStatus,
}

impl PlanStep {
    /// Returns whether the event decides whether a further appointment is planned.
    const fn decides(self) -> bool {
        matches!(
            self.action,
            ActionKind::PlanFurtherAppointment
                | ActionKind::DropFurtherAppointment
                | ActionKind::RecordDone
                | ActionKind::RecordPartlyDone
                | ActionKind::CorrectOutcome
                | ActionKind::Reopen
        )
    }

    /// Returns whether the event records that an appointment was held, at once or by a correction.
    const fn is_record(self) -> bool {
        matches!(
            self.action,
            ActionKind::CorrectOutcome | ActionKind::RecordDone | ActionKind::RecordPartlyDone
        )
    }

    /// Returns whether a correction says that the latest appointment was held after all.
    fn is_held_now(self) -> bool {
        self.to == ConsultationStatus::Consulted && self.from != Some(self.to)
    }

    /// Returns whether a correction says that the latest appointment was not held after all.
    fn was_held(self) -> bool {
        let after = [Some(ConsultationStatus::Consulted), Some(ConsultationStatus::FollowUp)];
        self.to == ConsultationStatus::Scheduling && after.contains(&self.from)
    }
}

/// Returns whether a further appointment is planned that was neither held nor taken back since. `history` is oldest first.
pub fn plans_further(history: impl DoubleEndedIterator<Item = PlanStep>) -> bool {
    // The appointment of which the outcome is corrected to one that was not held did not end the plan.
    let mut not_held = false;
    for it in history.rev().filter(|it| it.decides()) {
        if it.action == ActionKind::CorrectOutcome && !it.is_held_now() {
            not_held |= it.was_held();
        } else if not_held && it.is_record() {
            not_held = false;
        } else {
            return it.action == ActionKind::PlanFurtherAppointment;
        }
    }
    false
}

impl Consultation {
    /// Returns whether a party can take a further appointment back: one is planned after an appointment that took place
    /// (`has_held`).
    pub fn may_drop_further(
        &self,
        by: Party,
        has_held: bool,
        history: impl DoubleEndedIterator<Item = PlanStep>,
    ) -> bool {
        self.allows(ActionKind::DropFurtherAppointment, by).is_ok() && has_held && plans_further(history)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::{PlanStep, plans_further};
    use crate::{
        actor::Party,
        consultation::{ActionKind, Consultation, ConsultationStatus, State},
        field::Fields,
        id::ConsultationId,
    };

    use ActionKind::{CorrectOutcome, DropFurtherAppointment, PlanFurtherAppointment, RecordDone, Reopen};
    use ConsultationStatus::{Booked, Checking, Consulted, FollowUp, Scheduling};

    fn steps(all: &[(ActionKind, ConsultationStatus, ConsultationStatus)]) -> Vec<PlanStep> {
        all.iter().map(|&(action, from, to)| PlanStep { action, from: Some(from), to }).collect()
    }

    fn plans(all: &[(ActionKind, ConsultationStatus, ConsultationStatus)]) -> bool {
        plans_further(steps(all).into_iter())
    }

    const DONE: (ActionKind, ConsultationStatus, ConsultationStatus) = (RecordDone, Booked, Consulted);
    const PLAN: (ActionKind, ConsultationStatus, ConsultationStatus) =
        (PlanFurtherAppointment, FollowUp, Scheduling);

    #[test]
    fn a_plan_stands_until_it_is_held_dropped_or_reopened() {
        assert!(!plans(&[]));
        assert!(!plans(&[DONE]));
        assert!(plans(&[DONE, PLAN]));
        assert!(plans(&[DONE, PLAN, (ActionKind::Note, Scheduling, Scheduling)]));
        assert!(!plans(&[DONE, PLAN, DONE]));
        assert!(!plans(&[DONE, PLAN, (DropFurtherAppointment, Scheduling, FollowUp)]));
        assert!(!plans(&[DONE, PLAN, (Reopen, ConsultationStatus::Withdrawn, Checking)]));
    }

    #[test]
    fn an_outcome_that_is_corrected_leaves_the_plan_as_it_was_before() {
        let not_held = (CorrectOutcome, Consulted, Scheduling);
        let held_again = (CorrectOutcome, Scheduling, Consulted);
        assert!(plans(&[DONE, PLAN, DONE, not_held]), "the further appointment was not held after all");
        assert!(!plans(&[DONE, PLAN, DONE, not_held, held_again]));
        assert!(!plans(&[DONE, not_held]));
        assert!(!plans(&[DONE, PLAN, DONE, (CorrectOutcome, Consulted, Consulted)]));
    }

    #[test]
    fn only_what_is_planned_after_an_appointment_is_taken_back() {
        let mut it = Consultation {
            id: ConsultationId(Uuid::nil()),
            state: State::Scheduling,
            state_since: DateTime::UNIX_EPOCH,
            fields: Fields::Ict,
            address_confirmed: true,
            merged_into: None,
            is_erased: false,
        };
        let planned = || steps(&[DONE, PLAN]).into_iter();
        for party in [Party::Company, Party::Coordinator] {
            assert!(it.may_drop_further(party, true, planned()));
            assert!(!it.may_drop_further(party, false, planned()));
            assert!(!it.may_drop_further(party, true, steps(&[DONE]).into_iter()));
        }
        assert!(!it.may_drop_further(Party::Expert, true, planned()));
        it.state = State::Booked;
        assert!(!it.may_drop_further(Party::Company, true, planned()));
    }
}
