use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Appointment, AppointmentMode, AppointmentRefused, AppointmentState, Owner};
use crate::{
    actor::Party,
    id::{AppointmentId, ConsultationId, ExpertId},
};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn appointment(state: AppointmentState) -> Appointment {
    Appointment {
        id: AppointmentId(Uuid::nil()),
        owner: Owner::Consultation(ConsultationId(Uuid::nil())),
        state,
        starts_at: NOW,
        ends_at: NOW + TimeDelta::hours(1),
        mode: AppointmentMode::Online,
        experts: vec![ExpertId(Uuid::nil())],
        place: String::new(),
        uid: "1@example.jp".into(),
        sequence: 4,
        absent: None,
        makes_up: false,
    }
}

/// Every state × every action: the resulting state, and whether calendars are told of it.
#[test]
fn an_appointment_that_is_over_never_changes_again() {
    use AppointmentState::{
        CancelledByCenter, CancelledByCompany, CancelledByExpert, Confirmed, Done, ExpertNoShow, Held,
        NoShow, Released,
    };
    let reason = || "都合".to_owned();
    let over = [
        Done,
        NoShow,
        ExpertNoShow,
        CancelledByCompany { reason: reason() },
        CancelledByExpert { reason: reason() },
        CancelledByCenter { reason: reason() },
        Released,
    ];
    for state in over {
        let it = || appointment(state.clone());
        for outcome in [
            it().confirm(),
            it().move_to(NOW, NOW + TimeDelta::hours(1), vec![]),
            it().cancel(Party::Company, reason()),
            it().no_show(),
            it().expert_no_show(),
            it().done(),
            it().release(),
            it().keep_for(vec![], String::new()),
        ] {
            assert_eq!(outcome, Err(AppointmentRefused::Over), "{state:?}");
        }
        assert!(!it().is_live());
    }

    let held = || appointment(Held { until: Some(NOW) });
    assert_eq!(held().confirm().map(|it| (it.state, it.sequence)), Ok((Confirmed, 4)));
    let kept = held().keep_for(vec![], "会議室".to_owned()).unwrap();
    assert_eq!((kept.state, kept.place.as_str(), kept.sequence), (Held { until: None }, "会議室", 4));
    assert_eq!(kept.experts, []);
    assert_eq!(held().release().map(|it| (it.state, it.sequence)), Ok((Released, 5)));
    assert_eq!(held().done(), Err(AppointmentRefused::NotConfirmed));
    assert_eq!(held().no_show(), Err(AppointmentRefused::NotConfirmed));
    assert_eq!(held().cancel(Party::Company, reason()), Err(AppointmentRefused::NotConfirmed));

    let confirmed = || appointment(Confirmed);
    let by = |party| confirmed().cancel(party, reason()).map(|it| (it.state, it.sequence));
    assert_eq!(by(Party::Company), Ok((CancelledByCompany { reason: reason() }, 5)));
    assert_eq!(by(Party::Expert), Ok((CancelledByExpert { reason: reason() }, 5)));
    assert_eq!(by(Party::Coordinator), Ok((CancelledByCenter { reason: reason() }, 5)));
    assert_eq!(confirmed().expert_no_show().map(|it| it.state), Ok(ExpertNoShow));
    assert_eq!(confirmed().done().map(|it| it.state), Ok(Done));
    assert_eq!(confirmed().no_show().map(|it| it.state), Ok(NoShow));
    assert_eq!(confirmed().confirm(), Err(AppointmentRefused::Over));
    assert_eq!(confirmed().release(), Err(AppointmentRefused::Over));
    let (starts_at, ends_at) = (NOW + TimeDelta::days(1), NOW + TimeDelta::hours(25));
    let moved = confirmed().move_to(starts_at, ends_at, vec![]).unwrap();
    assert_eq!((moved.state, moved.sequence), (Confirmed, 5));
    assert_eq!((moved.starts_at, moved.ends_at, moved.experts), (starts_at, ends_at, vec![]));
}

#[test]
fn an_outcome_can_be_corrected_and_nothing_else_is_one() {
    use super::AppointmentOutcome;
    for from in AppointmentOutcome::ALL {
        for to in AppointmentOutcome::ALL {
            let confirmed = appointment(AppointmentState::Confirmed);
            let recorded = match from {
                AppointmentOutcome::Done => confirmed.done(),
                AppointmentOutcome::NoShow => confirmed.no_show(),
                AppointmentOutcome::ExpertNoShow => confirmed.expert_no_show(),
            };
            let recorded = recorded.unwrap();
            assert_eq!(recorded.state.outcome(), Some(from));
            let corrected = recorded.clone().correct_outcome(to).unwrap();
            assert_eq!(corrected.state.outcome(), Some(to));
            assert_eq!(corrected.correct_outcome(from), Ok(recorded), "it can be taken back");
        }
    }
    let cancelled = appointment(AppointmentState::Confirmed).cancel(Party::Expert, "病気".into()).unwrap();
    assert_eq!(cancelled.state.cancelled_by().map(|it| it.0), Some(Party::Expert));
    for state in [AppointmentState::Confirmed, AppointmentState::Released, cancelled.state] {
        let refused = appointment(state).correct_outcome(AppointmentOutcome::Done);
        assert_eq!(refused, Err(AppointmentRefused::NoOutcome));
    }
}

#[test]
fn one_of_two_experts_may_not_have_come() {
    use super::{AppointmentOutcome, RecordedOutcome};
    let (one, two, other) =
        (ExpertId(Uuid::nil()), ExpertId(Uuid::from_u128(2)), ExpertId(Uuid::from_u128(3)));
    let alone = || appointment(AppointmentState::Confirmed);
    let pair = || Appointment { experts: vec![one, two], ..alone() };
    assert_eq!(alone().partly_done(one), Err(AppointmentRefused::NotOneOfTwo), "nobody would have held it");
    assert_eq!(pair().partly_done(other), Err(AppointmentRefused::NotOneOfTwo));
    let held = pair().partly_done(two).unwrap();
    let partly = RecordedOutcome { outcome: AppointmentOutcome::Done, absent: Some(two) };
    assert_eq!((held.recorded(), held.present().collect::<Vec<_>>()), (Some(partly), vec![one]));
    // It can be corrected into every other outcome and back, and the absent expert is kept by no other outcome.
    for outcome in AppointmentOutcome::ALL {
        let corrected = held.clone().correct_outcome(outcome).unwrap();
        assert_eq!(corrected.recorded(), Some(outcome.into()));
        assert_eq!(corrected.correct_outcome(partly), Ok(held.clone()));
    }
    let misfit = RecordedOutcome { outcome: AppointmentOutcome::NoShow, absent: Some(two) };
    assert_eq!(held.clone().correct_outcome(misfit).unwrap().absent, None);
    let absent = Some(other);
    let refused = held.correct_outcome(RecordedOutcome { absent, ..partly });
    assert_eq!(refused, Err(AppointmentRefused::NotOneOfTwo));
}

#[test]
fn a_hold_ends_at_its_limit_and_never_without_one() {
    let until = NOW + TimeDelta::minutes(15);
    let held = appointment(AppointmentState::Held { until: Some(until) });
    assert!(!held.has_expired(until - TimeDelta::seconds(1)));
    assert!(held.has_expired(until));
    assert!(!appointment(AppointmentState::Held { until: None }).has_expired(until));
}

#[test]
fn only_a_confirmed_appointment_can_change_after_others_were_told() {
    let (from, to) = (ExpertId(Uuid::nil()), ExpertId(Uuid::from_u128(2)));
    let confirmed = || Appointment {
        experts: vec![from, ExpertId(Uuid::from_u128(3))],
        ..appointment(AppointmentState::Confirmed)
    };
    let exchanged = confirmed().exchange(from, to).unwrap();
    assert_eq!((exchanged.experts, exchanged.sequence), (vec![to, ExpertId(Uuid::from_u128(3))], 5));
    let met = confirmed().meet_at("https://meet.example.jp/1".to_owned()).unwrap();
    assert_eq!((met.place.as_str(), met.sequence), ("https://meet.example.jp/1", 5));
    let held = || appointment(AppointmentState::Held { until: None });
    assert_eq!(held().exchange(from, to), Err(AppointmentRefused::NotConfirmed));
    assert_eq!(held().meet_at(String::new()), Err(AppointmentRefused::NotConfirmed));
    assert!(confirmed().is_confirmed() && !held().is_confirmed());
}

#[test]
fn a_meeting_link_can_be_changed_until_a_confirmed_online_appointment_ends() {
    let end = NOW + TimeDelta::hours(1);
    let before = end - TimeDelta::seconds(1);
    let confirmed = || appointment(AppointmentState::Confirmed);
    assert!(confirmed().is_online_ahead(before) && !confirmed().is_online_ahead(end));
    assert!(!appointment(AppointmentState::Done).is_online_ahead(before));
    let visit = Appointment { mode: AppointmentMode::Visit, ..confirmed() };
    assert!(!visit.is_online_ahead(before));
}

#[test]
fn a_state_has_the_code_and_the_label_of_its_status() {
    let state = AppointmentState::CancelledByCompany { reason: "都合".into() };
    assert_eq!((state.code(), state.label()), (state.status().code(), state.status().label()));
    assert_eq!(state.code(), "cancelled_by_company");
    assert_ne!(state.label(), AppointmentState::Confirmed.label());
}
