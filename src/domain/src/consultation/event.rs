//! What happened: the append-only history from which the present state can be rebuilt.
use chrono::{DateTime, Utc};

use super::{
    action::{self, ActionKind},
    state::State,
};
use crate::actor::Actor;

/// One line of a consultation's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by: Actor,
    pub deed: ActionKind,
    /// `None` for the first event alone.
    pub from: Option<State>,
    pub to: State,
}

/// The events of one consultation, oldest first.
pub type History = [Event];

/// What a history amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    State(State),
    Empty,
    /// The event at this place (0 for the first) does not follow from the ones before it.
    Broken {
        at: usize,
        why: &'static str,
    },
}

/// Plays a history back and checks every step against the table.
pub fn rebuild(history: &History) -> Rebuilt {
    let mut state: Option<&State> = None;
    for (at, event) in history.iter().enumerate() {
        let broken = |why| Rebuilt::Broken { at, why };
        if event.from.as_ref() != state {
            return broken("it does not start where the one before ended");
        }
        let Some(from) = state else {
            if !action::may_lead_to(event.deed, None, &event.to) {
                return broken("a history starts with a submission");
            }
            state = Some(&event.to);
            continue;
        };
        if !action::parties(event.deed).contains(&event.by.party()) {
            return broken("the actor may not do it");
        }
        if !action::is_allowed_in(event.deed, from) {
            return broken("it is not allowed in that state");
        }
        if !action::may_lead_to(event.deed, Some(from), &event.to)
            || event.deed == ActionKind::Note && event.to != *from
        {
            return broken("it does not lead there");
        }
        state = Some(&event.to);
    }
    state.map_or(Rebuilt::Empty, |it| Rebuilt::State(it.clone()))
}
