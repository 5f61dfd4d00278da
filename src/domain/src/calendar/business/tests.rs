use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::collection::btree_set;
use proptest::prelude::*;

use super::{BusinessCalendar, Closed};
use crate::calendar::Holiday;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn closing(dates: &[&str]) -> BusinessCalendar {
    BusinessCalendar::new(dates.iter().map(|it| day(it)).collect(), 2027)
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0..4_000_u64).prop_map(|it| day("2025-01-01") + Days::new(it))
}

fn closing_days() -> impl Strategy<Value = BTreeSet<NaiveDate>> {
    btree_set(days(), 0..200)
}

#[test]
fn business_days_skip_weekends_holidays_and_the_turn_of_the_year() {
    let calendar = closing(&[]);
    for (from, n, expected) in [
        ("2026-04-28", 3, "2026-05-07"),
        ("2026-05-01", 1, "2026-05-07"),
        ("2026-09-18", 3, "2026-09-28"),
        ("2026-11-20", 3, "2026-11-26"),
        ("2026-11-20", 5, "2026-11-30"),
        ("2026-12-25", 3, "2027-01-05"),
        ("2027-03-19", 1, "2027-03-23"),
        ("2028-12-28", 1, "2029-01-04"),
        ("2026-11-21", 0, "2026-11-24"),
        ("2026-11-24", 0, "2026-11-24"),
    ] {
        assert_eq!(calendar.add_business_days(day(from), n), day(expected), "{from} + {n}");
    }
    assert_eq!(calendar.next_business_day(day("2026-11-20")), day("2026-11-24"));
    assert_eq!(calendar.previous_business_day(day("2026-11-24")), day("2026-11-20"));
    assert_eq!(closing(&["2026-11-24"]).next_business_day(day("2026-11-20")), day("2026-11-25"));
}

#[test]
fn a_closed_day_has_its_reason() {
    let calendar = closing(&["2026-11-25", "2026-11-28"]);
    for (date, why) in [
        ("2026-11-23", Some(Closed::Holiday(Holiday::LaborThanksgiving))),
        ("2026-11-24", None),
        ("2026-11-25", Some(Closed::Operator)),
        ("2026-11-28", Some(Closed::Saturday)),
        ("2026-11-29", Some(Closed::Sunday)),
        ("2026-12-28", None),
        ("2026-12-29", Some(Closed::YearEnd)),
        ("2027-01-01", Some(Closed::Holiday(Holiday::NewYear))),
        ("2027-01-03", Some(Closed::YearEnd)),
        ("2027-01-04", None),
    ] {
        assert_eq!(calendar.why_closed(day(date)), why, "{date}");
    }
    assert!(calendar.is_certain(day("2028-03-19")), "a Sunday is closed whatever the almanac says");
    assert!(!calendar.is_certain(day("2028-03-20")));
}

#[test]
fn the_last_business_day_of_a_month() {
    let calendar = closing(&[]);
    assert_eq!(calendar.last_business_day_of_month(2027, 2), Some(day("2027-02-26")));
    assert_eq!(calendar.last_business_day_of_month(2026, 12), Some(day("2026-12-28")));
    assert_eq!(calendar.last_business_day_of_month(2026, 13), None);
    let month: Vec<String> = (1..=28).map(|it| format!("2027-02-{it:02}")).collect();
    let month: Vec<&str> = month.iter().map(String::as_str).collect();
    assert_eq!(closing(&month).last_business_day_of_month(2027, 2), None);
}

#[test]
fn the_ends_of_the_calendar_do_not_break_it() {
    let calendar = closing(&[]);
    assert_eq!(calendar.add_business_days(NaiveDate::MAX, 5), NaiveDate::MAX);
    assert_eq!(calendar.previous_business_day(NaiveDate::MIN), NaiveDate::MIN);
    assert_eq!(calendar.business_days_between(NaiveDate::MAX, NaiveDate::MIN), 0);
}

proptest! {
    #[test]
    fn adding_business_days_ends_on_an_open_day(from in days(), n in 0..80_u16, closed in closing_days()) {
        let calendar = BusinessCalendar::new(closed, 2027);
        prop_assert!(calendar.is_open(calendar.add_business_days(from, n)));
        prop_assert!(calendar.is_open(calendar.previous_business_day(from)));
    }

    #[test]
    fn adding_more_business_days_never_ends_earlier(from in days(), n in 0..80_u16, closed in closing_days()) {
        let calendar = BusinessCalendar::new(closed, 2027);
        let (sooner, later) = (calendar.add_business_days(from, n), calendar.add_business_days(from, n + 1));
        prop_assert!(sooner <= later);
        prop_assert!(n == 0 || sooner < later);
        prop_assert!(calendar.add_business_days(from, n) <= calendar.add_business_days(from + Days::new(1), n));
    }

    #[test]
    fn more_closing_days_never_end_a_count_earlier(
        from in days(), n in 0..80_u16, closed in closing_days(), more in closing_days(),
    ) {
        let calendar = BusinessCalendar::new(closed.clone(), 2027);
        let closing_more = BusinessCalendar::new(closed.union(&more).copied().collect(), 2027);
        prop_assert!(calendar.add_business_days(from, n) <= closing_more.add_business_days(from, n));
    }

    #[test]
    fn counting_business_days_is_the_inverse_of_adding_them(from in days(), n in 1..80_u16, closed in closing_days()) {
        let calendar = BusinessCalendar::new(closed, 2027);
        let to = calendar.add_business_days(from, n);
        prop_assert_eq!(calendar.business_days_between(from, to), usize::from(n));
    }
}
