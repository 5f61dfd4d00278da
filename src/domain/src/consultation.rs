//! The life of a consultation: its states, the actions that change it, and the parties that may do them
//! (`docs/spec/lifecycle.md` §2).
//!
//! No other code decides a state. An action consumes the consultation and returns the new one with an event,
//! or a refusal.
mod action;
pub mod correction;
mod ending;
mod event;
mod event_word;
mod further;
mod merge;
mod outcome;
mod refused;
mod state;

use chrono::{DateTime, Utc};

pub use action::{Action, ActionKind};
pub use ending::{EndingReader, ending, leads_back};
pub use event::{Event, History, Rebuilt, rebuild};
pub use event_word::event_word;
pub use further::{PlanStep, plans_further};
pub use merge::{MergeContact, MergeRefused, MergeValue, MergedCase, merge_contact, merge_obstacles};
pub use outcome::{AppointmentOutcome, BuiltOnOutcome, OutcomeCorrection};
pub use refused::ActionRefused;
pub use state::{ConsultationStatus, Ended, State, Turn, UnfulfilledReason};

use crate::{
    actor::{Actor, Party},
    booking::appointment::Appointment,
    field::Fields,
    id::ConsultationId,
    routing::assignment::Assignment,
};

/// The facts about a consultation that the transition function needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    pub id: ConsultationId,
    pub state: State,
    pub state_since: DateTime<Utc>,
    pub fields: Fields,
    /// Whether the contact's address is known to reach the contact. Experts are asked only then
    /// (`docs/spec/lifecycle.md` §5).
    pub address_confirmed: bool,
    /// The consultation that this one was merged into. It keeps its state and takes only notes.
    pub merged_into: Option<ConsultationId>,
    /// Whether its contact was erased, and perhaps its record. It changes no more.
    pub is_erased: bool,
}

impl Consultation {
    /// Returns whether the company can choose a time for its application: none of its `appointments` is kept for it, and none
    /// of its `assignments` asks an expert or was accepted.
    pub fn may_choose_time(&self, appointments: &[Appointment], assignments: &[Assignment]) -> bool {
        self.merged_into.is_none()
            && self.state.is_before_routing()
            && !appointments.iter().any(Appointment::is_live)
            && !assignments.iter().any(Assignment::is_live)
    }

    /// Returns a consultation that has just been received.
    pub fn submit(
        id: ConsultationId,
        fields: Fields,
        address_confirmed: bool,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<(Self, Event), ActionRefused> {
        if by.represented().is_some() {
            return Err(ActionRefused::NotYours(ActionKind::Submit));
        }
        match by.party() {
            Party::Company | Party::Desk | Party::Coordinator => {
                let it = Self {
                    id,
                    state: State::Received,
                    state_since: now,
                    fields,
                    address_confirmed,
                    merged_into: None,
                    is_erased: false,
                };
                Ok((it, Event { at: now, by, action: ActionKind::Submit, from: None, to: State::Received }))
            }
            Party::Expert | Party::System => Err(ActionRefused::NotYours(ActionKind::Submit)),
        }
    }

    /// Applies an action, or returns why it is refused. This is the only way from one state to another.
    pub fn act(self, action: Action, by: Actor, now: DateTime<Utc>) -> Result<(Self, Event), ActionRefused> {
        let kind = action.kind();
        self.allows_actor(kind, by)?;
        let to = self.next(action, now)?;
        let event = Event { at: now, by, action: kind, from: Some(self.state.clone()), to: to.clone() };
        let state_since = if to == self.state { self.state_since } else { now };
        Ok((Self { state: to, state_since, ..self }, event))
    }

    /// Checks whether `party` may do `action` in this state. The facts of the action are not considered.
    pub fn allows(&self, action: ActionKind, party: Party) -> Result<(), ActionRefused> {
        if !action::parties(action).contains(&party) {
            return Err(ActionRefused::NotYours(action));
        }
        // The center has closed the case: only the center corrects it now.
        if action == ActionKind::CorrectOutcome && party == Party::Expert && !self.state.is_open() {
            return Err(ActionRefused::HasEnded(self.state.clone()));
        }
        self.allows_now(action)
    }

    /// Checks whether a coordinator may do `action` in the stead of `party` in this state.
    pub fn allows_in_stead(&self, action: ActionKind, party: Party) -> Result<(), ActionRefused> {
        if !action::steads(action).contains(&party) {
            return Err(ActionRefused::NotYours(action));
        }
        self.allows_now(action)
    }

    /// Checks whether this actor may do `action` in this state, for themselves or in another's stead.
    pub fn allows_actor(&self, action: ActionKind, by: Actor) -> Result<(), ActionRefused> {
        match by.represented() {
            Some(whom) => self.allows_in_stead(action, whom.party()),
            None => self.allows(action, by.party()),
        }
    }

    fn allows_now(&self, action: ActionKind) -> Result<(), ActionRefused> {
        if self.is_erased {
            return Err(ActionRefused::Erased);
        }
        if self.merged_into.is_some() && action != ActionKind::Note {
            return Err(ActionRefused::Merged);
        }
        if action::is_allowed_in(action, &self.state) {
            return Ok(());
        }
        match self.state.ended() {
            Some(_) => Err(ActionRefused::HasEnded(self.state.clone())),
            None => Err(ActionRefused::NotNow { action, state: self.state.clone() }),
        }
    }

    /// Returns the party whose turn it is: that of the state, and no party's once it was merged into another.
    pub const fn turn(&self) -> Turn {
        if self.merged_into.is_some() { Turn::Ended } else { self.state.turn() }
    }

    /// Returns every action that `party` may do now, in the order of the table.
    pub fn possible(&self, party: Party) -> Vec<ActionKind> {
        action::changes().filter(|&it| self.allows(it, party).is_ok()).collect()
    }

    fn next(&self, action: Action, now: DateTime<Utc>) -> Result<State, ActionRefused> {
        Ok(match action {
            Action::StartCheck | Action::Answer => State::Checking,
            Action::Ask => State::WaitingCompany,
            Action::RequestExperts => {
                if !self.address_confirmed {
                    return Err(ActionRefused::AddressUnconfirmed);
                }
                State::Matching
            }
            Action::Accept { still_open: Some(_), .. } => State::Matching,
            Action::Accept { still_open: None, slot_held: true } | Action::SettleTeam { slot_held: true } => {
                State::Booked
            }
            Action::Accept { still_open: None, slot_held: false }
            | Action::SettleTeam { slot_held: false } => State::Scheduling,
            Action::Decline { next_candidate: another_asked } | Action::ReleaseExpert { another_asked } => {
                if another_asked {
                    State::Matching
                } else {
                    State::Checking
                }
            }
            Action::ChooseSlot => State::Booked,
            Action::Reschedule { until } | Action::CancelAppointment { until, .. }
                if until.is_some_and(|it| now >= it) =>
            {
                return Err(ActionRefused::TooLate { until: until.unwrap_or(now) });
            }
            Action::Reschedule { .. } => State::Booked,
            Action::CancelAppointment { covered, .. } => action::another_time(covered),
            Action::RecordNoShow { starts_at, .. }
            | Action::RecordExpertNoShow { starts_at, .. }
            | Action::RecordPartlyDone { starts_at }
            | Action::RecordDone { starts_at }
                if now < starts_at =>
            {
                return Err(ActionRefused::NotStarted { starts_at });
            }
            Action::RecordNoShow { covered, .. } | Action::RecordExpertNoShow { covered, .. } => {
                action::another_time(covered)
            }
            Action::RecordDone { .. } | Action::RecordPartlyDone { .. } => State::Consulted,
            Action::CorrectOutcome(it) => it.state_after(&self.state)?,
            Action::ApproveReport => State::FollowUp,
            Action::PlanFurtherAppointment { appointments, cap, overridden, makes_up, covered } => {
                if appointments >= cap && !overridden && !makes_up {
                    return Err(ActionRefused::CapReached { cap });
                }
                action::another_time(covered)
            }
            Action::DropFurtherAppointment { planned: false, .. } => {
                return Err(ActionRefused::NothingPlanned);
            }
            Action::DropFurtherAppointment { planned: true, reported } => action::reopened(true, reported),
            Action::Complete | Action::Withdraw { advised: true } => State::Completed,
            Action::Withdraw { advised: false } => State::Withdrawn,
            Action::CloseUnfulfilled { reason } => State::Unfulfilled { reason },
            Action::Refer { organization } => State::Referred { organization },
            Action::Reopen { advised, reported } => action::reopened(advised, reported),
        })
    }
}

#[cfg(test)]
mod tests;
