//! Corrections of the outcome of an appointment: what stands in the way, and that each can be taken back.
use proptest::prelude::*;

use super::{
    Action, ActionRefused, AppointmentOutcome, BuiltOnOutcome, NOW, OutcomeCorrection, State, actor,
    consultation, corrected, correction, states,
};
use crate::actor::Party;

#[test]
fn an_outcome_is_not_corrected_under_what_stands_on_it() {
    use AppointmentOutcome::{Done, ExpertNoShow, NoShow};
    let center = actor(Party::Coordinator);
    let act = |state: State, it: OutcomeCorrection| {
        consultation(state).act(Action::CorrectOutcome(it), center, NOW).map(|(it, _)| it.state)
    };
    let used = |it| Err(ActionRefused::OutcomeIsUsed(it));
    let booked = |it| OutcomeCorrection { is_booked: true, ..it };
    assert_eq!(act(State::Booked, booked(correction(NoShow, Done))), used(BuiltOnOutcome::Booking));
    assert_eq!(act(State::Booked, booked(correction(Done, NoShow))), used(BuiltOnOutcome::Booking));
    assert_eq!(act(State::Booked, booked(correction(NoShow, ExpertNoShow))), Ok(State::Booked));
    let request = OutcomeCorrection { is_asked: true, ..correction(NoShow, Done) };
    assert_eq!(act(State::Matching, request), used(BuiltOnOutcome::Request));
    let planned = OutcomeCorrection { plans_further: true, ..request };
    assert_eq!(act(State::Matching, planned), Ok(State::Matching));
    let sent = OutcomeCorrection { is_report_sent: true, ..correction(Done, NoShow) };
    assert_eq!(act(State::FollowUp, sent), used(BuiltOnOutcome::Report));
    let earlier = OutcomeCorrection { is_latest: false, ..correction(Done, NoShow) };
    assert_eq!(act(State::Consulted, earlier), Ok(State::Consulted));
    let same = ActionRefused::SameOutcome(Done);
    assert_eq!(act(State::Consulted, correction(Done, Done)), Err(same));
    // The presence of two experts is corrected without a change of the state, unless something stands on it.
    let partly = OutcomeCorrection { changes_absent: true, ..correction(Done, Done) };
    assert_eq!(act(State::FollowUp, partly), Ok(State::FollowUp));
    assert_eq!(act(State::Scheduling, booked(partly)), used(BuiltOnOutcome::Booking));
    let request = OutcomeCorrection { is_asked: true, ..partly };
    assert_eq!(act(State::Matching, request), used(BuiltOnOutcome::Request));
    let sent = OutcomeCorrection { is_report_sent: true, ..partly };
    assert_eq!(act(State::FollowUp, sent), used(BuiltOnOutcome::Report));
    let ended = consultation(State::Completed);
    let refused = ended.act(corrected(NoShow, Done), actor(Party::Expert), NOW);
    assert_eq!(refused, Err(ActionRefused::HasEnded(State::Completed)));
}

proptest! {
    /// Correcting back leads to the state before, and an outcome is corrected only where nothing stands on it.
    #[test]
    fn a_correction_of_an_outcome_can_be_taken_back(
        state in 0..12_usize, from in 0..3_usize, to in 0..3_usize,
        is_latest in any::<bool>(), plans_further in any::<bool>(), is_booked in any::<bool>(),
        is_asked in any::<bool>(), is_report_sent in any::<bool>(), covered in any::<bool>()
    ) {
        let outcome = |it: usize| AppointmentOutcome::ALL[it];
        let (from, to) = (outcome(from), outcome(to));
        let done = |it| it == AppointmentOutcome::Done;
        let facts =
            OutcomeCorrection {
                from,
                to,
                changes_absent: false,
                is_latest,
                plans_further,
                is_booked,
                is_asked,
                is_report_sent,
                covered,
            };
        let before = consultation(states()[state].clone());
        let center = actor(Party::Coordinator);
        let Ok((after, _)) = before.clone().act(Action::CorrectOutcome(facts), center, NOW) else {
            prop_assert!(from == to || is_booked || is_asked || is_report_sent);
            return Ok(());
        };
        prop_assert!(from != to);
        prop_assert!(!(done(from) && is_report_sent) && !(is_booked && (done(from) || done(to))));
        prop_assert_eq!(after.state.is_open(), before.state.is_open());
        let back = OutcomeCorrection { from: to, to: from, is_asked: false, is_report_sent: false, ..facts };
        let again = after.act(Action::CorrectOutcome(back), center, NOW).map(|(it, _)| it.state);
        let is_between_absences = !done(from) && !done(to);
        let came_from_outcome = is_between_absences
            || before.state == State::Consulted && done(from) && !plans_further
            || before.state == State::Scheduling && !done(from) && covered
            || before.state == State::Checking && !done(from) && !covered && !plans_further
            || !before.state.is_open()
            || !matches!(before.state, State::Consulted | State::FollowUp) && plans_further && !done(from);
        if came_from_outcome && is_latest {
            prop_assert_eq!(again, Ok(before.state));
        }
    }
}
