use std::collections::BTreeMap;

use chrono::Datelike;
use domain::{
    booking::notice::last_appointment_day,
    calendar::BusinessCalendar,
    routing::{evaluate, teams},
    settings::Settings,
};

use super::{
    Policy, Setup, simulate, table,
    world::{FIRST, World},
    write_csv,
    year::Booking,
};

const SETUP: Setup = Setup { seed: 7, consultations: 160, experts: 20 };

#[test]
fn a_seed_gives_the_same_year_and_another_seed_another_one() {
    for policy in Policy::ALL {
        let (outcome, bookings) = simulate(SETUP, policy);
        assert_eq!(simulate(SETUP, policy), (outcome.clone(), bookings));
        assert_ne!(simulate(Setup { seed: 8, ..SETUP }, policy).0, outcome, "{policy}");
        assert_eq!(outcome.served + outcome.unserved, SETUP.consultations);
        assert!(outcome.served * 2 > SETUP.consultations, "{outcome:?}");
        assert!(outcome.median_wait <= outcome.p90_wait && (0.0..1.0).contains(&outcome.gini));
        assert!((0.0..=100.0).contains(&outcome.within_ten) && outcome.travel_hours > 0.0);
    }
}

/// Checks the bookings from outside, pair by pair.
#[test]
fn no_expert_is_booked_twice_or_beyond_a_limit_under_any_policy() {
    let world = World::new(SETUP);
    let business = BusinessCalendar::default();
    let last = last_appointment_day(FIRST, &Settings::default(), &business).unwrap();
    for policy in Policy::ALL {
        let (_, bookings) = simulate(SETUP, policy);
        let stands: Vec<_> = bookings.iter().filter(|it| !it.cancelled).collect();
        let (mut days, mut weeks) = (BTreeMap::new(), BTreeMap::new());
        for (n, it) in stands.iter().enumerate() {
            let same_day =
                |other: &&&Booking| other.expert == it.expert && other.slot.date() == it.slot.date();
            for other in stands[..n].iter().filter(same_day) {
                assert!(are_apart(it, other), "{policy}: {it:?} and {other:?}");
            }
            let date = it.slot.date();
            *days.entry((it.expert, date)).or_insert(0_u16) += 1;
            *weeks.entry((it.expert, date.iso_week())).or_insert(0_u16) += 1;
            let (expert, application) = (&world.experts[it.expert], &world.applications[it.consultation]);
            let open = world.calendars[it.expert].schedule.day(date);
            let appointment = it.slot.quarter()..it.slot.quarter() + it.footprint.length;
            assert!(appointment.into_iter().all(|it| open.contains(it)), "{policy}: {it:?}");
            assert!(business.is_open(date) && date > application.on && date <= last);
            assert!(application.request.fields.iter().any(|field| expert.fields.contains(field)));
        }
        let limits = |expert: usize| world.calendars[expert].limits;
        assert!(days.iter().all(|((expert, _), n)| *n <= limits(*expert).per_day), "{policy}");
        assert!(weeks.iter().all(|((expert, _), n)| *n <= limits(*expert).per_week), "{policy}");
    }
}

/// Returns whether two bookings are apart, by the travel from and to home or by the travel between two visits.
fn are_apart(one: &Booking, other: &Booking) -> bool {
    let (cells, others) = (one.footprint.cells(one.slot), other.footprint.cells(other.slot));
    let beside = other.footprint.site.is_some_and(|it| {
        one.footprint.leaves_room(one.slot, it.prefecture, &other.footprint.appointment(other.slot))
    });
    beside || cells.end <= others.start || others.end <= cells.start
}

#[test]
fn the_table_and_the_file_have_a_line_for_each_policy() {
    let small = Setup { consultations: 20, ..SETUP };
    let outcomes: Vec<_> = Policy::ALL.map(|it| simulate(small, it).0).into();
    assert_eq!(table(&outcomes).lines().count(), 2 + Policy::ALL.len());
    let mut file = Vec::new();
    write_csv(&mut file, 7, &outcomes).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text.lines().count(), 1 + Policy::ALL.len());
    assert!(text.lines().all(|it| it.split(',').count() == 10));
    assert!(text.contains("7,round-robin,"));
}

/// No policy serves a consultation whose fields are covered only by experts who would decline.
#[test]
fn a_consultation_that_every_expert_declines_stays_unserved() {
    let setup = Setup { seed: 1, consultations: 1500, experts: 30 };
    let world = World::new(setup);
    let can_be_served = |at: usize| {
        let request = &world.applications[at].request;
        let willing = world.experts.iter().enumerate().filter(|(expert, _)| !world.declines(at, *expert));
        let candidates: Vec<_> = willing.map(|(_, it)| evaluate(it, request, None)).collect();
        teams(request, &candidates).next().is_some()
    };
    let beyond = (0..world.applications.len()).filter(|it| !can_be_served(*it)).count();
    let unserved = simulate(setup, Policy::Ranked).0.unserved;
    assert!(beyond > 0 && beyond <= unserved, "{beyond} of {unserved}");
}
