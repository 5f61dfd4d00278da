//! Consultations that end before their purpose is reached.
use codes::{AppointmentStatus, AssignmentStatus};
use domain::{
    actor::Actor,
    consultation::{Action, UnfulfilledReason},
};

use super::{END, Step, Telling};
use crate::demo::{fill::plan::Goal, names};

impl Telling<'_> {
    /// Ends the consultation as the goal says, and releases everything.
    pub(super) fn cut_short(&mut self, goal: Goal) -> Step {
        self.pass(5, 60);
        match goal {
            Goal::Withdrawn => {
                self.say(Actor::Company, false);
                self.act(
                    Action::Withdraw { advised: false },
                    Actor::Company,
                    Some("社内の方針が変わったため。"),
                )?;
            }
            Goal::Unfulfilled => {
                let reason =
                    self.dice.pick(&UnfulfilledReason::ALL).unwrap_or(UnfulfilledReason::Unreachable);
                self.act(Action::CloseUnfulfilled { reason }, self.center(), Some(reason.label()))?;
            }
            Goal::Referred => {
                let organization = names::organization_referred(self.dice.index(100)).to_owned();
                let note = Some("より適した窓口をご案内しました。");
                self.act(Action::Refer { organization }, self.center(), note)?;
            }
            Goal::Received
            | Goal::Checking
            | Goal::WaitingCompany
            | Goal::Matching
            | Goal::Scheduling
            | Goal::Booked
            | Goal::Consulted
            | Goal::FollowUp
            | Goal::Completed => return END,
        }
        for it in &mut self.story.assignments {
            if matches!(it.state.known(), Some(AssignmentStatus::Offered | AssignmentStatus::Accepted)) {
                it.state = AssignmentStatus::Withdrawn.into();
                it.answered_at = Some(self.at);
            }
        }
        let by_company = goal == Goal::Withdrawn;
        if let Some(it) = self.story.appointments.last_mut().filter(|it| it.is_live()) {
            it.end(
                if by_company {
                    AppointmentStatus::CancelledByCompany
                } else {
                    AppointmentStatus::CancelledByCenter
                },
                self.at,
            );
            it.row.end_reason = Some("相談が終了したため。".to_owned());
        }
        END
    }
}
