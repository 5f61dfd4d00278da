mod outcome;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Action, ActionKind, ActionRefused, AppointmentOutcome, BuiltOnOutcome, Consultation, Event,
    OutcomeCorrection, Rebuilt, State, UnfulfilledReason, rebuild,
};
use crate::{
    actor::{Actor, Party, Represented},
    field::Fields,
    id::{AccountId, ConsultationId, DeskId, ExpertId},
};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn actor(party: Party) -> Actor {
    match party {
        Party::Company => Actor::Company,
        Party::Coordinator => Actor::Coordinator(AccountId(Uuid::from_u128(1))),
        Party::Expert => Actor::Expert(ExpertId(Uuid::from_u128(2))),
        Party::Desk => Actor::Desk(DeskId(Uuid::from_u128(3)), None),
        Party::System => Actor::System,
    }
}

/// Returns a coordinator who acts in the stead of a company and of an expert.
fn in_stead() -> [Actor; 2] {
    let center = AccountId(Uuid::from_u128(1));
    [Represented::Company, Represented::Expert(ExpertId(Uuid::from_u128(2)))]
        .map(|whom| Actor::Stead(center, whom))
}

fn states() -> Vec<State> {
    vec![
        State::Received,
        State::Checking,
        State::WaitingCompany,
        State::Matching,
        State::Scheduling,
        State::Booked,
        State::Consulted,
        State::FollowUp,
        State::Completed,
        State::Withdrawn,
        State::Unfulfilled { reason: UnfulfilledReason::NoExpert },
        State::Referred { organization: "働き方改革推進支援センター".into() },
    ]
}

/// Returns every action, with facts that let it succeed.
fn acts() -> Vec<Action> {
    let mut all = vec![
        Action::StartCheck,
        Action::Ask,
        Action::Answer,
        Action::RequestExperts,
        Action::Accept { still_open: None, slot_held: true },
        Action::Accept { still_open: None, slot_held: false },
        Action::Accept { still_open: Some(Fields::Labor), slot_held: true },
        Action::Decline { next_candidate: true },
        Action::Decline { next_candidate: false },
        Action::ReleaseExpert { another_asked: true },
        Action::ReleaseExpert { another_asked: false },
        Action::SettleTeam { slot_held: true },
        Action::SettleTeam { slot_held: false },
        Action::ChooseSlot,
        Action::Reschedule { until: None },
        Action::RecordDone { starts_at: NOW },
        Action::RecordPartlyDone { starts_at: NOW },
        corrected(AppointmentOutcome::NoShow, AppointmentOutcome::Done),
        corrected(AppointmentOutcome::Done, AppointmentOutcome::ExpertNoShow),
        corrected(AppointmentOutcome::NoShow, AppointmentOutcome::ExpertNoShow),
        Action::CorrectOutcome(OutcomeCorrection {
            covered: false,
            ..correction(AppointmentOutcome::Done, AppointmentOutcome::NoShow)
        }),
        Action::ApproveReport,
        Action::PlanFurtherAppointment {
            appointments: 1,
            cap: 3,
            overridden: false,
            makes_up: false,
            covered: true,
        },
        Action::PlanFurtherAppointment {
            appointments: 1,
            cap: 3,
            overridden: false,
            makes_up: false,
            covered: false,
        },
        Action::PlanFurtherAppointment {
            appointments: 3,
            cap: 3,
            overridden: false,
            makes_up: true,
            covered: true,
        },
        Action::DropFurtherAppointment { planned: true, reported: true },
        Action::DropFurtherAppointment { planned: true, reported: false },
        Action::Complete,
        Action::Withdraw { advised: false },
        Action::Withdraw { advised: true },
        Action::CloseUnfulfilled { reason: UnfulfilledReason::Unreachable },
        Action::Refer { organization: "商工会議所".into() },
        Action::Reopen { advised: false, reported: false },
        Action::Reopen { advised: true, reported: false },
        Action::Reopen { advised: true, reported: true },
    ];
    all.extend([true, false].into_iter().flat_map(not_held));
    all
}

/// Returns the actions after which an appointment does not take place.
fn not_held(covered: bool) -> [Action; 3] {
    [
        Action::CancelAppointment { until: None, covered },
        Action::RecordNoShow { starts_at: NOW, covered },
        Action::RecordExpertNoShow { starts_at: NOW, covered },
    ]
}

/// Returns a correction of the latest outcome, on which nothing stands.
const fn correction(from: AppointmentOutcome, to: AppointmentOutcome) -> OutcomeCorrection {
    OutcomeCorrection {
        from,
        to,
        changes_absent: false,
        is_latest: true,
        plans_further: false,
        is_booked: false,
        is_asked: false,
        is_report_sent: false,
        covered: true,
    }
}

const fn corrected(from: AppointmentOutcome, to: AppointmentOutcome) -> Action {
    Action::CorrectOutcome(correction(from, to))
}

fn consultation(state: State) -> Consultation {
    Consultation {
        id: ConsultationId(Uuid::nil()),
        state,
        state_since: NOW,
        fields: Fields::Both,
        address_confirmed: true,
        merged_into: None,
        is_erased: false,
    }
}

/// Returns the resulting state by the specification, written a second time and by hand:
/// `docs/spec/lifecycle.md` §2, one line per allowed row.
fn specified(state: &str, action: &Action, party: Party) -> Option<&'static str> {
    use Party::{Company, Coordinator, Expert, System};
    let open = !["completed", "withdrawn", "unfulfilled", "referred"].contains(&state);
    match (state, action, party) {
        ("received", Action::StartCheck, Coordinator) => Some("checking"),
        ("received" | "checking", Action::Ask, Coordinator) => Some("waiting_company"),
        ("waiting_company", Action::Answer, Company) => Some("checking"),
        ("received" | "checking", Action::RequestExperts, Coordinator | System) => Some("matching"),
        ("matching", Action::Accept { still_open: Some(_), .. }, Expert) => Some("matching"),
        ("matching", Action::Accept { slot_held: true, .. }, Expert) => Some("booked"),
        ("matching", Action::Accept { slot_held: false, .. }, Expert) => Some("scheduling"),
        ("matching", Action::Decline { next_candidate: true }, Expert | System) => Some("matching"),
        ("matching", Action::Decline { next_candidate: false }, Expert | System) => Some("checking"),
        (
            "matching" | "scheduling" | "booked",
            Action::ReleaseExpert { another_asked },
            Coordinator | System,
        ) => Some(if *another_asked { "matching" } else { "checking" }),
        ("checking" | "matching", Action::SettleTeam { slot_held }, Coordinator | System) => {
            Some(if *slot_held { "booked" } else { "scheduling" })
        }
        ("scheduling", Action::ChooseSlot, Company | Coordinator | Expert) => Some("booked"),
        ("booked", Action::Reschedule { .. }, Company | Coordinator | Expert) => Some("booked"),
        ("booked", Action::CancelAppointment { covered, .. }, Company | Coordinator | Expert)
        | ("booked", Action::RecordNoShow { covered, .. }, Expert | Coordinator)
        | ("booked", Action::RecordExpertNoShow { covered, .. }, Expert | Coordinator | Company) => {
            Some(if *covered { "scheduling" } else { "checking" })
        }
        ("booked", Action::RecordDone { .. }, Expert | Coordinator) => Some("consulted"),
        ("booked", Action::RecordPartlyDone { .. }, Expert | Coordinator | Company) => Some("consulted"),
        (_, Action::CorrectOutcome(it), Expert | Coordinator) if open || party == Coordinator => {
            specified_correction(state, open, (it.from, it.to), it.covered)
        }
        ("consulted", Action::ApproveReport, Coordinator) => Some("follow_up"),
        (
            "consulted" | "follow_up",
            Action::PlanFurtherAppointment { covered, .. },
            Expert | Coordinator | Company,
        ) => Some(if *covered { "scheduling" } else { "checking" }),
        (
            "checking" | "matching" | "scheduling",
            Action::DropFurtherAppointment { reported, .. },
            Company | Coordinator,
        ) => Some(if *reported { "follow_up" } else { "consulted" }),
        ("follow_up", Action::Complete, System | Coordinator) => Some("completed"),
        (_, Action::Withdraw { advised: false }, Company | Coordinator) if open => Some("withdrawn"),
        (_, Action::Withdraw { advised: true }, Company | Coordinator) if open => Some("completed"),
        (_, Action::CloseUnfulfilled { .. }, Coordinator) if open => Some("unfulfilled"),
        (_, Action::Refer { .. }, Coordinator) if open => Some("referred"),
        (_, Action::Reopen { advised, reported }, Coordinator) if !open => Some(match (advised, reported) {
            (false, _) => "checking",
            (true, false) => "consulted",
            (true, true) => "follow_up",
        }),
        _ => None,
    }
}

/// Returns the state after the latest outcome was corrected, if nothing stands on it.
fn specified_correction(
    state: &str,
    open: bool,
    (from, to): (AppointmentOutcome, AppointmentOutcome),
    covered: bool,
) -> Option<&'static str> {
    use AppointmentOutcome::Done;
    let stays = states().iter().map(State::code).find(|it| *it == state);
    match (from, to, state) {
        (_, Done, _) if open => Some("consulted"),
        (Done, _, "consulted" | "follow_up") => Some(if covered { "scheduling" } else { "checking" }),
        _ => stays,
    }
}

/// Returns the resulting state of an action that a coordinator does in the stead of `party`, by the specification:
/// the column "in stead of".
fn specified_in_stead(state: &str, action: &Action, party: Party) -> Option<&'static str> {
    use Party::{Company, Expert};
    match (action, party) {
        (Action::Answer | Action::Withdraw { .. } | Action::DropFurtherAppointment { .. }, Company)
        | (
            Action::Accept { .. }
            | Action::Decline { .. }
            | Action::RecordNoShow { .. }
            | Action::RecordDone { .. },
            Expert,
        )
        | (Action::RecordExpertNoShow { .. } | Action::RecordPartlyDone { .. }, Company | Expert)
        | (
            Action::ChooseSlot
            | Action::Reschedule { .. }
            | Action::CancelAppointment { .. }
            | Action::PlanFurtherAppointment { .. },
            Company | Expert,
        ) => specified(state, action, party),
        (Action::ReleaseExpert { .. }, Company | Expert) => specified(state, action, Party::Coordinator),
        // The center may always correct an outcome, also where the expert may not any more.
        (Action::CorrectOutcome(_), Expert) => specified(state, action, Party::Coordinator),
        _ => None,
    }
}

/// Checks every state × every action × every party in whose stead a coordinator acts against the specification.
#[test]
fn a_coordinator_acts_in_the_stead_of_others_only_where_the_table_says_so() {
    let mut allowed = 0;
    for state in states() {
        for action in acts() {
            for by in in_stead() {
                let party = by.principal().party();
                let outcome = consultation(state.clone()).act(action.clone(), by, NOW);
                let expected = specified_in_stead(state.code(), &action, party);
                let to = outcome.as_ref().ok().map(|(it, _)| it.state.code());
                assert_eq!(to, expected, "{} {action:?} by {by:?}: {outcome:?}", state.code());
                if let Ok((_, event)) = outcome {
                    assert_eq!((event.by, event.by.party()), (by, Party::Coordinator));
                    allowed += 1;
                }
                let offered = consultation(state.clone()).allows_in_stead(action.kind(), party);
                assert_eq!(offered.is_ok(), expected.is_some(), "{} {action:?}", state.code());
            }
        }
    }
    assert_eq!(allowed, 117, "the number of allowed combinations changed");
}

/// Checks every state × every action × every party against the specification.
#[test]
fn only_what_the_table_lists_is_possible() {
    let mut allowed = 0;
    for state in states() {
        for action in acts() {
            for party in Party::ALL {
                let outcome = consultation(state.clone()).act(action.clone(), actor(party), NOW);
                let expected = specified(state.code(), &action, party);
                let to = outcome.as_ref().ok().map(|(it, _)| it.state.code());
                assert_eq!(to, expected, "{} {action:?} by {party:?}: {outcome:?}", state.code());
                if let Err(refused) = outcome {
                    assert!(refused.to_string().ends_with('。'), "{refused}");
                } else {
                    allowed += 1;
                }
            }
        }
    }
    assert_eq!(allowed, 235, "the number of allowed combinations changed");
}

#[test]
fn pages_offer_exactly_what_will_not_be_refused_for_state_or_party() {
    for state in states() {
        for party in Party::ALL {
            let possible = consultation(state.clone()).possible(party);
            for action in acts() {
                let outcome = consultation(state.clone()).act(action.clone(), actor(party), NOW);
                assert_eq!(possible.contains(&action.kind()), outcome.is_ok(), "{} {action:?}", state.code());
            }
        }
    }
}

#[test]
fn facts_refuse_what_the_table_would_allow() {
    let later = NOW + TimeDelta::hours(1);
    let booked = || consultation(State::Booked);
    let company = Actor::Company;
    let center = actor(Party::Coordinator);
    for (action, by, expected) in [
        (Action::Reschedule { until: Some(NOW) }, company, ActionRefused::TooLate { until: NOW }),
        (
            Action::CancelAppointment { until: Some(NOW), covered: true },
            company,
            ActionRefused::TooLate { until: NOW },
        ),
        (Action::RecordDone { starts_at: later }, center, ActionRefused::NotStarted { starts_at: later }),
        (
            Action::RecordNoShow { starts_at: later, covered: true },
            center,
            ActionRefused::NotStarted { starts_at: later },
        ),
        (
            Action::RecordExpertNoShow { starts_at: later, covered: true },
            company,
            ActionRefused::NotStarted { starts_at: later },
        ),
        (
            Action::RecordPartlyDone { starts_at: later },
            company,
            ActionRefused::NotStarted { starts_at: later },
        ),
    ] {
        assert_eq!(booked().act(action, by, NOW), Err(expected));
    }
    assert!(booked().act(Action::Reschedule { until: Some(later) }, company, NOW).is_ok());

    let plan = |overridden, makes_up| Action::PlanFurtherAppointment {
        appointments: 3,
        cap: 3,
        overridden,
        makes_up,
        covered: true,
    };
    let full = plan(false, false);
    let refused = consultation(State::FollowUp).act(full, company, NOW);
    assert_eq!(refused, Err(ActionRefused::CapReached { cap: 3 }));
    assert!(consultation(State::FollowUp).act(plan(true, false), center, NOW).is_ok());
    let made_up = consultation(State::Consulted).act(plan(false, true), company, NOW);
    assert!(made_up.is_ok(), "what an expert owes uses none of the cap");

    let none = Action::DropFurtherAppointment { planned: false, reported: true };
    let refused = consultation(State::Scheduling).act(none, company, NOW);
    assert_eq!(refused, Err(ActionRefused::NothingPlanned));

    let unconfirmed = Consultation { address_confirmed: false, ..consultation(State::Received) };
    assert_eq!(
        unconfirmed.act(Action::RequestExperts, Actor::System, NOW),
        Err(ActionRefused::AddressUnconfirmed)
    );
}

#[test]
fn only_company_desk_and_coordinator_submit() {
    for party in Party::ALL {
        let id = ConsultationId(Uuid::nil());
        let outcome = Consultation::submit(id, Fields::Ict, false, actor(party), NOW);
        let may = matches!(party, Party::Company | Party::Desk | Party::Coordinator);
        assert_eq!(outcome.is_ok(), may, "{party:?}");
    }
    for by in in_stead() {
        assert!(Consultation::submit(ConsultationId(Uuid::nil()), Fields::Ict, false, by, NOW).is_err());
    }
}

/// Returns a history that an application begins, which goes on with `action` from `from` to `to`.
fn history(action: ActionKind, by: Actor, from: State, to: State) -> Vec<Event> {
    let first =
        Event { at: NOW, by: Actor::Company, action: ActionKind::Submit, from: None, to: State::Received };
    vec![first, Event { at: NOW, by, action, from: Some(from), to }]
}

#[test]
fn a_history_that_the_table_does_not_allow_is_broken_where_it_leaves_the_table() {
    let (company, center) = (Actor::Company, actor(Party::Coordinator));
    for (action, by, to, why) in [
        (ActionKind::StartCheck, company, State::Checking, "the actor may not do it"),
        (ActionKind::StartCheck, in_stead()[0], State::Checking, "the actor may not do it"),
        (ActionKind::Answer, company, State::Checking, "it is not allowed in that state"),
        (ActionKind::StartCheck, center, State::Matching, "it does not lead there"),
        (ActionKind::Note, company, State::Checking, "it does not lead there"),
        (ActionKind::CorrectOutcome, center, State::Checking, "it does not lead there"),
    ] {
        let broken = rebuild(&history(action, by, State::Received, to));
        assert_eq!(broken, Rebuilt::Broken { at: 1, why }, "{action:?} by {by:?}");
    }
    let note = history(ActionKind::Note, company, State::Received, State::Received);
    assert_eq!(rebuild(&note), Rebuilt::State(State::Received));
    assert_eq!(
        rebuild(&note[1..]),
        Rebuilt::Broken { at: 0, why: "it does not start where the one before ended" }
    );
    assert_eq!(rebuild(&[]), Rebuilt::Empty);
    let second = history(ActionKind::Submit, company, State::Received, State::Received);
    assert!(matches!(rebuild(&second), Rebuilt::Broken { at: 1, .. }));
}

#[test]
fn a_state_lasts_since_the_action_that_led_to_it() {
    let later = NOW + TimeDelta::hours(1);
    let since = |state, action, party| {
        consultation(state).act(action, actor(party), later).map(|(it, _)| (it.state, it.state_since))
    };
    assert_eq!(since(State::Received, Action::StartCheck, Party::Coordinator), Ok((State::Checking, later)));
    let moved = Action::Reschedule { until: None };
    assert_eq!(since(State::Booked, moved, Party::Company), Ok((State::Booked, NOW)), "nothing has ended");
}

#[test]
fn a_state_has_the_label_of_its_status() {
    assert_eq!((State::Booked.label(), State::Withdrawn.label()), ("予約確定", "取下げ"));
    for state in states() {
        assert_eq!(state.label(), state.status().label());
    }
}

#[test]
fn every_action_is_found_by_its_code() {
    for action in ActionKind::ALL {
        assert_eq!(ActionKind::from_code(action.code()), Some(action));
    }
}

fn walk(choices: &[(usize, usize)]) -> (Consultation, Vec<Event>) {
    let id = ConsultationId(Uuid::nil());
    let submitted = Consultation::submit(id, Fields::Both, true, Actor::Company, NOW);
    let (mut it, first) = submitted.expect("a company may submit");
    let mut history = vec![first];
    for &(action, party) in choices {
        let action = acts()[action % acts().len()].clone();
        let everybody: Vec<_> = Party::ALL.map(actor).into_iter().chain(in_stead()).collect();
        let by = everybody[party % everybody.len()];
        if let Ok((next, event)) = it.clone().act(action, by, NOW) {
            it = next;
            history.push(event);
        }
    }
    (it, history)
}

proptest! {
    #[test]
    fn the_state_can_be_rebuilt_from_the_events_alone(
        choices in prop::collection::vec((0..38_usize, 0..7_usize), 0..200)
    ) {
        let (it, history) = walk(&choices);
        prop_assert_eq!(rebuild(&history), Rebuilt::State(it.state));
    }

    #[test]
    fn a_history_with_a_missing_line_is_noticed(
        choices in prop::collection::vec((0..38_usize, 0..7_usize), 50..200), at in 0..1000_usize
    ) {
        let (it, mut history) = walk(&choices);
        let removed = history.remove(at % history.len());
        let noticed = rebuild(&history) != Rebuilt::State(it.state);
        // An event that does not change the state (a reschedule, a second request) can be missing without a
        // break in the states; the hash chain detects that.
        prop_assert!(noticed || removed.from.as_ref() == Some(&removed.to));
    }
}

#[test]
fn a_refusal_names_the_limit_in_the_time_of_japan() {
    let until = "2026-11-20T08:00:00Z".parse().unwrap();
    let said = ActionRefused::TooLate { until }.to_string();
    assert!(said.starts_with("変更できる期限（11月20日17:00）を過ぎました。"), "{said}");
}
