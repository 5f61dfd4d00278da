//! The fields that the team of an appointment has to cover: a field that is added afterwards is for the next one.
use crate::field::Fields;

/// An event that decides which fields a team covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamEvent {
    /// Every field that the consultation had was accepted.
    Settled,
    /// The fields were corrected.
    Corrected { old: Fields, new: Fields },
}

/// Returns the fields that the experts of an appointment have to have accepted: those that the consultation had when its
/// team was settled, as far as it has kept them since. `now` are its fields, and `history` is in the order of time.
///
/// A field that is added while a time is chosen or booked stays open for the next appointment; one that was removed and
/// added again is open too, because its expert was released.
pub fn team_fields(now: Fields, history: &[TeamEvent]) -> Option<Fields> {
    let first = history.iter().find_map(|it| match it {
        TeamEvent::Corrected { old, .. } => Some(*old),
        TeamEvent::Settled => None,
    });
    let mut fields = first.unwrap_or(now);
    let mut covered = Some(fields);
    for event in history {
        match *event {
            TeamEvent::Settled => covered = Some(fields),
            TeamEvent::Corrected { new, .. } => {
                fields = new;
                covered = covered.and_then(|it| common(it, new));
            }
        }
    }
    covered.and_then(|it| common(it, now))
}

fn common(one: Fields, other: Fields) -> Option<Fields> {
    one.without(other).map_or(Some(one), |left| one.without(left))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TeamEvent, team_fields};
    use crate::field::{Field, Fields};

    #[test]
    fn a_field_that_is_added_to_a_settled_team_is_for_the_next_appointment() {
        use Fields::{Both, Ict, Labor};
        let corrected = |old, new| TeamEvent::Corrected { old, new };
        let settled = TeamEvent::Settled;
        for (now, history, covered) in [
            (Both, vec![settled], Some(Both)),
            (Both, vec![settled, corrected(Ict, Both)], Some(Ict)),
            (Both, vec![corrected(Ict, Both), settled], Some(Both)),
            (Both, vec![settled, corrected(Ict, Both), settled], Some(Both)),
            (Ict, vec![settled, corrected(Both, Ict)], Some(Ict)),
            (Both, vec![settled, corrected(Both, Ict), corrected(Ict, Both)], Some(Ict)),
            (Labor, vec![settled, corrected(Ict, Both), corrected(Both, Labor)], None),
        ] {
            assert_eq!(team_fields(now, &history), covered, "{history:?}");
        }
    }

    /// Plays corrections and settlements as a consultation does: the rule agrees with a team that is asked for each field
    /// when it is settled, and of which each expert is released when the field leaves.
    fn played(steps: &[(bool, usize)]) -> (Fields, Vec<TeamEvent>, Vec<Field>) {
        let mut now = Fields::Ict;
        let (mut history, mut team) = (vec![TeamEvent::Settled], vec![Field::Ict]);
        for &(settles, to) in steps {
            if settles {
                history.push(TeamEvent::Settled);
                team = now.iter().collect();
            } else {
                let new = Fields::ALL[to];
                history.push(TeamEvent::Corrected { old: now, new });
                team.retain(|it| new.contains(*it));
                now = new;
            }
        }
        (now, history, team)
    }

    proptest! {
        #[test]
        fn the_rule_agrees_with_the_experts_who_are_there(
            steps in prop::collection::vec((any::<bool>(), 0..3_usize), 0..12)
        ) {
            let (now, history, team) = played(&steps);
            let covered: Vec<_> = team_fields(now, &history).into_iter().flat_map(Fields::iter).collect();
            prop_assert_eq!(&covered, &team.iter().copied().filter(|it| now.contains(*it)).collect::<Vec<_>>());
            prop_assert!(covered.iter().all(|it| now.contains(*it)));
        }
    }
}
