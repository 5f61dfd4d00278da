//! The append-only history of a consultation, from which its present state can be rebuilt.
use chrono::{DateTime, Utc};

use super::{
    action::{self, ActionKind},
    state::State,
};
use crate::actor::Actor;

/// One entry of a consultation's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by: Actor,
    pub action: ActionKind,
    /// The state before the event; `None` only for the first event.
    pub from: Option<State>,
    pub to: State,
}

/// The events of one consultation, oldest first.
pub type History = [Event];

/// The result of playing a history back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    State(State),
    Empty,
    /// The event at this position (0 for the first) does not follow from the events before it.
    Broken {
        at: usize,
        why: &'static str,
    },
}

/// Plays a history back and checks every event against the table.
pub fn rebuild(history: &History) -> Rebuilt {
    let mut state: Option<&State> = None;
    for (at, event) in history.iter().enumerate() {
        let broken = |why| Rebuilt::Broken { at, why };
        if event.from.as_ref() != state {
            return broken("it does not start where the one before ended");
        }
        let Some(from) = state else {
            if !action::may_lead_to(event.action, None, &event.to) {
                return broken("a history starts with a submission");
            }
            state = Some(&event.to);
            continue;
        };
        if !action::may_do(event.action, event.by) {
            return broken("the actor may not do it");
        }
        if !action::is_allowed_in(event.action, from) {
            return broken("it is not allowed in that state");
        }
        // An appointment that did not take place after all has no report: its experts may have left since.
        let leads_back = event.to == State::Checking && matches!(from, State::Consulted | State::FollowUp);
        let may_stay_only = event.action == ActionKind::Note
            || event.action == ActionKind::CorrectOutcome
                && !leads_back
                && !matches!(event.to, State::Scheduling | State::Consulted);
        if !action::may_lead_to(event.action, Some(from), &event.to) || may_stay_only && event.to != *from {
            return broken("it does not lead there");
        }
        state = Some(&event.to);
    }
    state.map_or(Rebuilt::Empty, |it| Rebuilt::State(it.clone()))
}
