//! Checks that the history is complete, unbroken and legal, and leads to the present state.
use domain::consultation::{self, Rebuilt, State};
use entity::{Coded, event};

use super::{Findings, page::Case};
use crate::store::audit::{
    event::{EventDetail, actor},
    hash_chain::{self, HashedEvent},
};

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    let number = &case.row.number;
    sequence(case, findings);
    chain(case, findings);
    match history(case.events) {
        Err((seq, why)) => findings.add("history", number, format!("event {seq}: {why}")),
        Ok(events) => match consultation::rebuild(&events) {
            Rebuilt::Empty => findings.add("history", number, "there are no events"),
            Rebuilt::Broken { at, why } => {
                findings.add("history", number, format!("event {}: {why}", at + 1));
            }
            Rebuilt::State(state) => standing(case, &state, &events, findings),
        },
    }
}

/// Checks that the row has the state to which its history leads, since the time at which it led there.
fn standing(case: &Case<'_>, rebuilt: &State, events: &[consultation::Event], findings: &mut Findings) {
    let row = case.row;
    let reason = if let State::Unfulfilled { reason } = rebuilt { Some(*reason) } else { None };
    let organization = if let State::Referred { organization } = rebuilt { Some(organization) } else { None };
    if row.state != rebuilt.status()
        || row.unfulfilled_reason != reason.map(Coded::Known)
        || row.referred_to.as_ref() != organization
    {
        let what = format!("it says {}, its history has led to {}", row.state.code(), rebuilt.code());
        findings.add("state", &row.number, what);
        return;
    }
    let since = events.iter().rev().find(|it| it.from.as_ref() != Some(&it.to)).map(|it| it.at);
    if since.is_some_and(|it| it != row.state_since) {
        findings.add("state_since", &row.number, "the history has led to its state at another time");
    }
}

fn sequence(case: &Case<'_>, findings: &mut Findings) {
    let gap = case.events.iter().zip(1..).find(|(event, seq)| event.seq != *seq);
    if let Some((event, seq)) = gap {
        findings.add("sequence", &case.row.number, format!("event {} stands where {seq} belongs", event.seq));
    } else if usize::try_from(case.row.event_count).ok() != Some(case.events.len()) {
        let what = format!("it counts {} events, there are {}", case.row.event_count, case.events.len());
        findings.add("sequence", &case.row.number, what);
    }
}

/// Reports the first broken link of a consultation's hash chain; every later link is broken as well.
fn chain(case: &Case<'_>, findings: &mut Findings) {
    let mut previous = "";
    for event in case.events {
        if event.previous_hash != previous {
            let what = format!("event {} does not hold the hash of the one before", event.seq);
            return findings.add("chain", &case.row.number, what);
        }
        // The content of an event whose words were erased is not what was hashed. Its place in the chain is.
        let is_erased = event.erased_at.is_some() && case.row.record_erased_at.is_some();
        if !is_erased && event.hash != hash_chain::hash(previous, &HashedEvent::from(event)) {
            let what = format!("event {} was changed after it was written", event.seq);
            return findings.add("chain", &case.row.number, what);
        }
        previous = &event.hash;
    }
}

/// Returns the events as the domain's type, or the first event that it does not know.
fn history(rows: &[event::Model]) -> Result<Vec<consultation::Event>, (i32, &'static str)> {
    let mut from = None;
    rows.iter()
        .map(|row| {
            let event = event(row, from.take()).map_err(|why| (row.seq, why))?;
            from = Some(event.to.clone());
            Ok(event)
        })
        .collect()
}

fn event(row: &event::Model, from: Option<State>) -> Result<consultation::Event, &'static str> {
    let action = row.act.known().ok_or("its act is unknown")?;
    let detail: EventDetail =
        serde_json::from_value(row.detail.clone()).map_err(|_| "its detail cannot be read")?;
    let by = row.actor_kind.known().and_then(|it| actor(it, row.actor_id, &detail));
    let by = by.ok_or("its actor is nobody")?;
    if row.to_state != detail.to.status() {
        return Err("its detail tells of another state");
    }
    if row.from_state != from.as_ref().map(|it| Coded::Known(it.status())) {
        return Err("it does not start where the one before ended");
    }
    Ok(consultation::Event { at: row.at, by, action, from, to: detail.to })
}
