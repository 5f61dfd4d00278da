use super::{Absence, Exception, ExceptionChange, Schedule, WeeklyRule};
use crate::booking::availability::{Day, Span};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

/// The first of the days in these tests, a Monday.
pub(in crate::booking::availability) const MONDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
pub(in crate::booking::availability) const HORIZON: u64 = 24;

pub(in crate::booking::availability) fn date(n: u64) -> NaiveDate {
    MONDAY + Days::new(n)
}

fn dates() -> impl Strategy<Value = NaiveDate> {
    (0..HORIZON).prop_map(date)
}

fn spans() -> impl Strategy<Value = Span> {
    (0..64_u8, 1..24_u8).prop_map(|(from, length)| Span::new(from, (from + length).min(64)).unwrap())
}

fn rules() -> impl Strategy<Value = WeeklyRule> {
    let validity = || prop::option::weighted(0.2, dates());
    (0..7_u8, spans(), validity(), validity()).prop_map(|(weekday, span, valid_from, valid_until)| {
        WeeklyRule { weekday: Weekday::try_from(weekday).unwrap(), span, valid_from, valid_until }
    })
}

fn exceptions() -> impl Strategy<Value = Exception> {
    let change = prop_oneof![
        2 => spans().prop_map(ExceptionChange::Add),
        2 => spans().prop_map(ExceptionChange::Remove),
        1 => Just(ExceptionChange::RemoveAll),
    ];
    (dates(), change).prop_map(|(date, change)| Exception { date, change })
}

pub(in crate::booking::availability) fn schedules() -> impl Strategy<Value = Schedule> {
    let absences = (dates(), 0..4_u64).prop_map(|(first, n)| Absence {
        first,
        last: first + Days::new(n),
        stand_in: None,
    });
    (
        prop::collection::vec(rules(), 0..12),
        prop::collection::vec(exceptions(), 0..6),
        prop::collection::vec(absences, 0..2),
    )
        .prop_map(|(rules, exceptions, absences)| Schedule { rules, exceptions, absences })
}

/// Returns whether one quarter hour is open, condition by condition.
fn is_open(schedule: &Schedule, date: NaiveDate, quarter: u8) -> bool {
    let within = |span: Span| (span.start()..span.end()).contains(&quarter);
    let by_rule = schedule.rules.iter().any(|rule| {
        let begun = rule.valid_from.is_none() || rule.valid_from <= Some(date);
        let ended = rule.valid_until.is_some() && rule.valid_until < Some(date);
        rule.weekday == date.weekday() && begun && !ended && within(rule.span)
    });
    let that_day = || schedule.exceptions.iter().filter(|it| it.date == date).map(|it| it.change);
    let added = that_day().any(|it| matches!(it, ExceptionChange::Add(span) if within(span)));
    let removed = that_day().any(|it| match it {
        ExceptionChange::Remove(span) => within(span),
        ExceptionChange::RemoveAll => true,
        ExceptionChange::Add(_) => false,
    });
    let away = schedule
        .absences
        .iter()
        .any(|it| it.first.iter_days().take_while(|day| *day <= it.last).any(|day| day == date));
    (by_rule || added) && !removed && !away
}

proptest! {
    #[test]
    fn a_day_is_what_was_said_about_each_quarter(schedule in schedules(), n in 0..HORIZON + 10) {
        let day = schedule.day(date(n));
        for quarter in 0..64 {
            prop_assert_eq!(day.contains(quarter), is_open(&schedule, date(n), quarter), "{}", quarter);
        }
    }

    #[test]
    fn the_order_of_entry_is_of_no_weight(schedule in schedules(), n in 0..HORIZON) {
        let mut turned = schedule.clone();
        turned.rules.reverse();
        turned.exceptions.reverse();
        turned.absences.reverse();
        prop_assert_eq!(turned.day(date(n)), schedule.day(date(n)));
    }

    #[test]
    fn one_day_becomes_what_is_wanted_and_no_other_changes(
        schedule in schedules(),
        n in 0..HORIZON,
        wanted in prop::collection::vec(spans(), 0..5),
    ) {
        let (on, wanted) = (date(n), wanted.into_iter().collect::<Day>());
        let mut changed = schedule.clone();
        changed.exceptions.retain(|it| it.date != on);
        changed.exceptions.extend(changed.changes_to(on, wanted));
        prop_assert_eq!(changed.opened(on), wanted);
        prop_assert_eq!(changed.day(on), if schedule.is_absent(on) { Day::NONE } else { wanted });
        for other in (0..HORIZON).map(date).filter(|it| *it != on) {
            prop_assert_eq!(changed.day(other), schedule.day(other));
        }
    }

    #[test]
    fn rules_are_united_where_nobody_could_tell_them_apart(a in rules(), b in rules(), n in 0..HORIZON) {
        let of = |rules: &[WeeklyRule]| Schedule { rules: rules.to_vec(), ..Schedule::default() }.day(date(n));
        if let Some(one) = a.united(b) {
            prop_assert_eq!(of(&[one]), of(&[a, b]));
            prop_assert_eq!(b.united(a), Some(one));
        } else {
            let touch = a.span.end() >= b.span.start() && b.span.end() >= a.span.start();
            let same = (a.weekday, a.valid_from, a.valid_until) == (b.weekday, b.valid_from, b.valid_until);
            prop_assert!(!(touch && same));
        }
    }
}

#[test]
fn a_rule_holds_on_its_last_day_and_an_absence_too() {
    let span = Span::new(12, 44).unwrap();
    let rule =
        WeeklyRule { weekday: Weekday::Mon, span, valid_from: Some(date(7)), valid_until: Some(date(14)) };
    let mut schedule = Schedule { rules: vec![rule], ..Schedule::default() };
    let open = |schedule: &Schedule| {
        (0..4).map(|week| schedule.day(date(week * 7)) == span.day()).collect::<Vec<_>>()
    };
    assert_eq!(open(&schedule), [false, true, true, false]);
    schedule.absences.push(Absence { first: date(10), last: date(14), stand_in: None });
    assert_eq!(open(&schedule), [false, true, false, false]);
    assert_eq!(schedule.day(date(8)), Day::NONE);
}

#[test]
fn spans_that_touch_are_one_whichever_comes_first() {
    let rule = |from, to| WeeklyRule {
        weekday: Weekday::Mon,
        span: Span::new(from, to).unwrap(),
        valid_from: None,
        valid_until: None,
    };
    assert_eq!(rule(12, 20).united(rule(20, 28)), Some(rule(12, 28)));
    assert_eq!(rule(20, 28).united(rule(12, 20)), Some(rule(12, 28)));
    assert_eq!(rule(12, 20).united(rule(21, 28)), None);
}

#[test]
fn a_day_that_is_wanted_free_is_removed_as_a_whole() {
    let span = Span::new(12, 44).unwrap();
    let rule = WeeklyRule { weekday: Weekday::Mon, span, valid_from: None, valid_until: None };
    let schedule = Schedule { rules: vec![rule], ..Schedule::default() };
    let removed = Exception { date: MONDAY, change: ExceptionChange::RemoveAll };
    assert_eq!(schedule.changes_to(MONDAY, Day::NONE), [removed]);
    let part = Exception { date: MONDAY, change: ExceptionChange::Remove(Span::new(12, 20).unwrap()) };
    assert_eq!(schedule.changes_to(MONDAY, Span::new(20, 44).unwrap().day()), [part]);
    assert_eq!(Schedule::default().changes_to(MONDAY, Day::NONE), []);
    assert!(!schedule.offers_nothing() && Schedule::default().offers_nothing());
    assert!(!Schedule { exceptions: vec![part], ..Schedule::default() }.offers_nothing());
}

#[test]
fn the_stand_in_is_asked_for_on_the_days_of_the_absence_alone() {
    let stand_in = Some(crate::id::ExpertId(uuid::Uuid::nil()));
    let absence = Absence { first: date(3), last: date(5), stand_in };
    let schedule = Schedule { absences: vec![absence], ..Schedule::default() };
    let named = [2, 3, 5, 6].map(|n| schedule.stand_in(date(n)));
    assert_eq!(named, [None, stand_in, stand_in, None]);
}
