//! The criteria between two experts for one consultation, and between two consultations for one time.
use super::{Case, TODAY, company, date, place, two};
use crate::{
    booking::{
        appointment::AppointmentMode,
        availability::{Exception, ExceptionChange, Footprint, Slot, Span},
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::ExpertId,
    intake::company::{Industry, Mode},
    routing::{Team, ThemeCode, planning::Weights},
    settings::Settings,
};
use uuid::Uuid;

/// Returns the lines of the plan: the consultation, its team, and its slot.
fn lines(case: &Case) -> Vec<(usize, Team, Slot)> {
    case.plan(&Weights::default()).lines.iter().map(|it| (it.waiting, it.team, it.slot)).collect()
}

/// Returns the place of the expert who is given the only consultation, and the number of business days until then.
fn chosen(case: &Case) -> (usize, usize) {
    let [(0, Team::One(id), slot)] = lines(case)[..] else { panic!("one consultation for one expert") };
    let ahead = BusinessCalendar::default().business_days_between(TODAY, slot.date());
    (case.experts.iter().position(|it| it.id == id).unwrap(), ahead)
}

fn open(days: &[u64]) -> Vec<Exception> {
    let change = ExceptionChange::Add(Span::new(12, 44).unwrap());
    days.iter().map(|&n| Exception { date: date(n), change }).collect()
}

fn alone(waiting: usize) -> Case {
    let mut case = two([0, 0], waiting);
    case.experts.truncate(1);
    case.calendars.truncate(1);
    case
}

#[test]
fn among_equals_experience_comes_first_then_the_trade_then_nearness_then_acquaintance() {
    let (theme, industry) = (ThemeCode("security".into()), Industry::ALL[0]);
    // The merits of the first and of the second expert; the second one is better each time.
    for (first, second) in [
        ("", "known"),
        ("known", "near"),
        ("near", "industry"),
        ("industry", "theme"),
        ("theme", "theme industry"),
        ("theme", "theme near"),
        ("theme", "theme known"),
    ] {
        let mut case = two([0, 0], 1);
        let request = &mut case.waiting[0].request;
        (request.themes, request.industry) = ([theme.clone()].into(), Some(industry));
        request.company = Some(company(1));
        for (expert, merits) in case.experts.iter_mut().zip([first, second]) {
            expert.themes = merits.contains("theme").then(|| theme.clone()).into_iter().collect();
            expert.industries = merits.contains("industry").then_some(industry).into_iter().collect();
            expert.home = merits.contains("near").then(|| place(13));
            expert.known = merits.contains("known").then(|| company(1)).into_iter().collect();
        }
        assert_eq!(chosen(&case).0, 1, "{first:?} against {second:?}");
    }
}

#[test]
fn no_merit_makes_up_for_an_appointment_more() {
    let mut case = two([1, 0], 1);
    let themes: std::collections::BTreeSet<_> = (0..5).map(|n| ThemeCode(format!("theme-{n}"))).collect();
    case.waiting[0].request.themes.clone_from(&themes);
    case.experts[0].themes = themes;
    assert_eq!(chosen(&case).0, 1);
}

#[test]
fn a_day_less_to_wait_makes_up_for_half_a_capacity_and_no_more() {
    // The first expert is free tomorrow, the second one on the day after.
    for (load, waited, expected) in [(1, 0, (0, 1)), (5, 0, (1, 2)), (5, 250, (1, 2))] {
        let mut case = two([load, 0], 1);
        case.calendars[1].schedule.exceptions = open(&[2]);
        case.waiting[0].waited = waited;
        assert_eq!(chosen(&case), expected, "{load} {waited}");
    }
}

#[test]
fn of_two_companies_the_one_that_has_waited_longer_gets_the_earlier_day() {
    for (longer, waited, other) in [(0, 25, 0), (1, 25, 0), (0, 29, 18), (1, 29, 18)] {
        let mut case = alone(2);
        case.calendars[0].limits.per_day = 1;
        (case.waiting[longer].waited, case.waiting[1 - longer].waited) = (waited, other);
        let days: Vec<_> = lines(&case).iter().map(|it| (it.0, it.2.date())).collect();
        assert_eq!(days.len(), 2);
        assert!(days.contains(&(1 - longer, date(2))) && days.contains(&(longer, date(1))), "{days:?}");
    }
}

#[test]
fn a_load_is_relative_to_the_capacity_and_who_has_named_none_comes_last() {
    // The loads and capacities; the second expert has the lower relative load.
    for (loads, capacities) in [([2, 4], [2, 8]), ([0, 20], [0, 8]), ([3, 0], [0, 0])] {
        let mut case = two(loads, 1);
        for (expert, capacity) in case.experts.iter_mut().zip(capacities) {
            expert.capacity = capacity;
        }
        assert_eq!(chosen(&case).0, 1, "{loads:?} {capacities:?}");
    }
    let mut case = two([1, 0], 1);
    case.calendars[1].schedule.exceptions = open(&[2]);
    case.experts.iter_mut().for_each(|it| it.capacity = 0);
    assert_eq!(chosen(&case), (1, 2), "an appointment more outweighs a day");
}

/// Two experts of each field.
fn four(loads: [u32; 4], waiting: usize) -> Case {
    let (mut case, more) = (two([0, 0], waiting), two([0, 0], 0));
    case.experts.extend(more.experts);
    case.calendars.extend(more.calendars);
    case.booked = vec![Vec::new(); 4];
    let fields = [Fields::Ict, Fields::Ict, Fields::Labor, Fields::Labor];
    for (n, (expert, calendar)) in case.experts.iter_mut().zip(&mut case.calendars).enumerate() {
        expert.id = ExpertId(Uuid::from_u128(n as u128));
        (expert.fields, expert.load) = (fields[n], loads[n]);
        (calendar.expert, calendar.fields) = (expert.id, fields[n]);
    }
    case.waiting.iter_mut().for_each(|it| it.request.fields = Fields::Both);
    case
}

#[test]
fn a_consultation_in_both_fields_gets_the_least_loaded_expert_of_each_at_the_earliest_shared_time() {
    let pair = |ict, labor| Team::Pair {
        ict: ExpertId(Uuid::from_u128(ict)),
        labor: ExpertId(Uuid::from_u128(labor)),
    };
    let first = Slot::new(date(1), 12).unwrap();
    assert_eq!(lines(&four([4, 0, 0, 4], 1)), [(0, pair(1, 2), first)]);
    let mut teams: Vec<_> = lines(&four([0; 4], 2)).iter().map(|it| (it.1, it.2)).collect();
    teams.sort_by_key(|it| format!("{it:?}"));
    assert_eq!(teams, [(pair(0, 2), first), (pair(1, 3), first)]);
    let mut later = four([0; 4], 1);
    later.calendars[..2].iter_mut().for_each(|it| it.schedule.exceptions = open(&[2]));
    assert_eq!(lines(&later), [(0, pair(0, 2), Slot::new(date(2), 12).unwrap())]);
}

#[test]
fn of_two_companies_that_chose_one_time_the_better_suited_gets_it_and_of_two_times_each_its_own() {
    let theme = ThemeCode("security".into());
    let mut case = alone(2);
    case.experts[0].themes = [theme.clone()].into();
    case.waiting[1].request.themes = [theme].into();
    let slot = |quarter| Slot::new(date(1), quarter).unwrap();
    let planned = |case: &Case| lines(case).iter().map(|it| (it.0, it.2)).collect::<Vec<_>>();
    case.waiting.iter_mut().for_each(|it| it.request.slot = Some(slot(20)));
    assert_eq!(planned(&case), [(1, slot(20))]);
    case.waiting[1].request.slot = Some(slot(21));
    assert_eq!(planned(&case), [(0, slot(20))], "there is no room for the other time");
    case.waiting[1].request.slot = Slot::new(date(2), 20);
    assert_eq!(planned(&case).len(), 2);
}

#[test]
fn a_held_time_is_no_way_around_the_limit_of_cases() {
    let mut case = alone(2);
    case.experts[0].open_case_limit = 1;
    let (first, held) = (Slot::new(date(1), 20).unwrap(), Slot::new(date(1), 32).unwrap());
    case.calendars[0].occupied = Footprint::online(&Settings::default()).cells(held).collect();
    case.waiting[0].request.slot = Some(first);
    case.waiting[1].request.slot = Some(held);
    case.waiting[1].holders = vec![case.experts[0].id];
    assert_eq!(lines(&case).len(), 1);
}

#[test]
fn an_expert_who_already_has_a_place_in_the_plan_is_no_longer_the_least_loaded() {
    // The second ICT expert begins later. At that time the first one is free again, but has a placement.
    let mut case = four([0; 4], 2);
    let change = ExceptionChange::Add(Span::new(18, 44).unwrap());
    case.calendars[1].schedule.exceptions = vec![Exception { date: date(1), change }];
    let id = |n: u128| ExpertId(Uuid::from_u128(n));
    let mut planned: Vec<_> = lines(&case).iter().map(|it| (it.2.quarter(), it.1)).collect();
    planned.sort_by_key(|it| it.0);
    let expected =
        [(12, Team::Pair { ict: id(0), labor: id(2) }), (18, Team::Pair { ict: id(1), labor: id(3) })];
    assert_eq!(planned, expected);
}

#[test]
fn a_time_beyond_the_horizon_is_not_planned() {
    let mut case = alone(1);
    case.calendars[0].schedule.exceptions = open(&[super::SPAN + 1]);
    case.waiting[0].request.slot = Slot::new(date(super::SPAN + 1), 20);
    assert_eq!(lines(&case), []);
}

/// The first expert's time is cut for the visit, which the second expert gives; so the first one's is long enough for
/// both of the others.
#[test]
fn the_rest_of_a_long_placement_is_used_for_another_appointment() {
    let mut case = two([1, 0], 3);
    let short = ExceptionChange::Add(Span::new(12, 22).unwrap());
    case.calendars[0].schedule.exceptions = vec![Exception { date: date(1), change: short }];
    case.experts[1].works_online = false;
    case.waiting[0].mode = AppointmentMode::Visit;
    case.waiting[0].request.mode = Mode::Visit;
    let (first, second) = (Team::One(case.experts[0].id), Team::One(case.experts[1].id));
    let mut planned: Vec<_> = lines(&case).iter().map(|it| (it.1, it.2.quarter())).collect();
    planned.sort_by_key(|it| (it.0 == second, it.1));
    assert_eq!(planned, [(first, 12), (first, 18), (second, 12)]);
}

/// One expert of the second round has appointments of the first: with them the load is counted, not without.
#[test]
fn appointments_of_an_earlier_round_count_as_load() {
    let mut case = four([0; 4], 3);
    let all = case.experts.iter().map(|it| it.id).collect::<Vec<_>>();
    // Only the third and the fourth expert's fields are asked for besides; the fourth one covers both alone.
    (case.experts[3].fields, case.calendars[3].fields) = (Fields::Both, Fields::Both);
    let change = ExceptionChange::Add(Span::new(12, 22).unwrap());
    case.calendars[0].schedule.exceptions = vec![Exception { date: date(1), change }];
    case.waiting[0].request.excluded = [all[1]].into();
    for it in &mut case.waiting[1..] {
        it.request.fields = Fields::Ict;
        it.request.excluded = [all[1], all[3]].into();
    }
    let mut planned = lines(&case);
    planned.sort_by_key(|it| it.0);
    let teams: Vec<_> = planned.iter().map(|it| it.1).collect();
    assert_eq!(teams, [Team::One(all[3]), Team::One(all[0]), Team::One(all[0])]);
}
