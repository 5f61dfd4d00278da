//! The word of the history for an event: one word for one thing.
use codes::{ActionKind, ConsultationStatus};

use crate::actor::Party;

/// Returns the word for an event, from the action, the party that acted, and the state that it led to. An expert who
/// declines and one who does not answer in time, and a consultation that is withdrawn or ended after an appointment, are
/// the same action.
pub const fn event_word(action: ActionKind, by: Party, to: ConsultationStatus) -> &'static str {
    match (action, by, to) {
        (ActionKind::Decline, Party::System, _) => "専門家の回答期限切れ",
        (ActionKind::Withdraw, _, ConsultationStatus::Completed) => "相談を終了",
        (action, ..) => action.label(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use codes::{ActionKind, ConsultationStatus};

    use super::event_word;
    use crate::actor::Party;

    /// Returns an action, and which of the two things it is that the action may be.
    fn thing(action: ActionKind, by: Party, to: ConsultationStatus) -> (ActionKind, bool) {
        let lapses = action == ActionKind::Decline && by == Party::System;
        let ends = action == ActionKind::Withdraw && to == ConsultationStatus::Completed;
        (action, lapses || ends)
    }

    #[test]
    fn every_event_has_one_word_and_every_word_one_meaning() {
        let mut meanings = BTreeMap::new();
        for action in ActionKind::ALL {
            for by in Party::ALL {
                for to in ConsultationStatus::ALL {
                    let word = event_word(action, by, to);
                    assert!(!word.is_empty() && !word.contains('・'), "{word}");
                    let thing = thing(action, by, to);
                    assert_eq!(*meanings.entry(word).or_insert(thing), thing, "{word}");
                }
            }
        }
    }
}
