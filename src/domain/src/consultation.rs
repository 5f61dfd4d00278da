//! The life of a consultation: its states, the acts that change it, and who may do them when
//! (`docs/spec/lifecycle.md` §2).
//!
//! Nothing else decides a state. An act consumes the consultation with what it needs to know and gives back the new
//! one with an event, or a refusal.
mod act;
mod event;
mod refused;
mod state;

use chrono::{DateTime, Utc};

pub use act::{Act, Deed};
pub use event::{Event, History, Rebuilt, rebuild};
pub use refused::Refused;
pub use state::{ConsultationStatus, Ended, State, Turn, UnfulfilledReason};

use crate::{
    actor::{Actor, Party},
    field::Fields,
    id::ConsultationId,
};

/// What the transition function needs to know of a consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    pub id: ConsultationId,
    pub state: State,
    pub state_since: DateTime<Utc>,
    pub fields: Fields,
    /// The contact's address is known to reach the contact; experts are asked only then
    /// (`docs/spec/lifecycle.md` §5).
    pub address_confirmed: bool,
}

impl Consultation {
    /// A consultation that has just been received.
    pub fn submit(
        id: ConsultationId,
        fields: Fields,
        address_confirmed: bool,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<(Self, Event), Refused> {
        match by.party() {
            Party::Company | Party::Desk | Party::Coordinator => {
                let it = Self { id, state: State::Received, state_since: now, fields, address_confirmed };
                Ok((it, Event { at: now, by, deed: Deed::Submit, from: None, to: State::Received }))
            }
            Party::Expert | Party::System => Err(Refused::NotYours(Deed::Submit)),
        }
    }

    /// Does `act`, or says why not. The only way from one state to another.
    pub fn act(self, act: Act, by: Actor, now: DateTime<Utc>) -> Result<(Self, Event), Refused> {
        let deed = act.deed();
        self.allows(deed, by.party())?;
        let to = self.next(act, now)?;
        let event = Event { at: now, by, deed, from: Some(self.state.clone()), to: to.clone() };
        let state_since = if to == self.state { self.state_since } else { now };
        Ok((Self { state: to, state_since, ..self }, event))
    }

    /// Whether `party` may do `deed` in this state, as far as state and party decide it.
    pub fn allows(&self, deed: Deed, party: Party) -> Result<(), Refused> {
        if !act::parties(deed).contains(&party) {
            return Err(Refused::NotYours(deed));
        }
        if act::is_allowed_in(deed, &self.state) {
            return Ok(());
        }
        match self.state.ended() {
            Some(_) => Err(Refused::HasEnded(self.state.clone())),
            None => Err(Refused::NotNow { deed, state: self.state.clone() }),
        }
    }

    /// Everything that `party` may do now, in the order of the table.
    pub fn possible(&self, party: Party) -> Vec<Deed> {
        act::changes().filter(|&it| self.allows(it, party).is_ok()).collect()
    }

    fn next(&self, act: Act, now: DateTime<Utc>) -> Result<State, Refused> {
        Ok(match act {
            Act::StartCheck => State::Checking,
            Act::Ask => State::WaitingCompany,
            Act::Answer => State::Checking,
            Act::RequestExperts => {
                if !self.address_confirmed {
                    return Err(Refused::AddressUnconfirmed);
                }
                State::Matching
            }
            Act::Accept { still_open: Some(_), .. } => State::Matching,
            Act::Accept { still_open: None, slot_held: true } => State::Booked,
            Act::Accept { still_open: None, slot_held: false } => State::Scheduling,
            Act::Decline { next_candidate } => {
                if next_candidate {
                    State::Matching
                } else {
                    State::Checking
                }
            }
            Act::ChooseSlot => State::Booked,
            Act::Reschedule { until } | Act::CancelAppointment { until }
                if until.is_some_and(|it| now >= it) =>
            {
                return Err(Refused::TooLate { until: until.unwrap_or(now) });
            }
            Act::Reschedule { .. } => State::Booked,
            Act::CancelAppointment { .. } => State::Scheduling,
            Act::RecordNoShow { starts_at } | Act::RecordDone { starts_at } if now < starts_at => {
                return Err(Refused::NotStarted { starts_at });
            }
            Act::RecordNoShow { .. } => State::Scheduling,
            Act::RecordDone { .. } => State::Consulted,
            Act::ApproveReport => State::FollowUp,
            Act::PlanFurtherSession { sessions, cap, overridden } => {
                if sessions >= cap && !overridden {
                    return Err(Refused::CapReached { cap });
                }
                State::Scheduling
            }
            Act::Complete => State::Completed,
            Act::Withdraw => State::Withdrawn,
            Act::CloseUnfulfilled { reason } => State::Unfulfilled { reason },
            Act::Refer { organization } => State::Referred { organization },
            Act::Reopen => State::Checking,
        })
    }
}

#[cfg(test)]
mod tests;
