use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::{Holiday, YEARS, in_year, is_certain, known_through, on};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dates(year: i32) -> Vec<String> {
    in_year(year).map(|(it, _)| format!("{}/{}", it.month(), it.day())).collect()
}

#[test]
fn the_holidays_of_three_years_are_computed() {
    assert_eq!(
        dates(2026).join(" "),
        "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"
    );
    assert_eq!(
        dates(2027).join(" "),
        "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"
    );
    assert_eq!(
        dates(2028).join(" "),
        "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23"
    );
}

#[test]
fn the_years_with_laws_of_their_own() {
    assert_eq!(
        dates(2019).join(" "),
        "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23"
    );
    assert_eq!(
        dates(2020).join(" "),
        "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"
    );
    assert_eq!(
        dates(2021).join(" "),
        "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"
    );
    for (date, name) in [
        ("2019-04-30", "国民の休日"),
        ("2019-05-01", "天皇の即位の日"),
        ("2019-05-06", "振替休日"),
        ("2019-10-14", "体育の日"),
        ("2020-07-23", "海の日"),
        ("2021-07-23", "スポーツの日"),
        ("2021-08-09", "振替休日"),
        ("2015-12-23", "天皇誕生日"),
        ("2026-05-06", "振替休日"),
        ("2026-09-22", "国民の休日"),
    ] {
        assert_eq!(on(day(date)).map(Holiday::name), Some(name), "{date}");
    }
    assert_eq!(on(day("2015-08-11")), None);
    assert_eq!(on(day("2019-02-23")), None);
}

#[test]
fn days_between_holidays_are_those_of_the_record() {
    let sandwiched: Vec<String> = (2008..=2050)
        .flat_map(in_year)
        .filter(|it| it.1 == Holiday::Sandwiched)
        .map(|it| it.0.to_string())
        .collect();
    assert_eq!(
        sandwiched,
        [
            "2009-09-22",
            "2015-09-22",
            "2019-04-30",
            "2019-05-02",
            "2026-09-22",
            "2032-09-21",
            "2037-09-22",
            "2043-09-22",
            "2049-09-21"
        ]
    );
}

#[test]
fn equinoxes_are_certain_once_the_almanac_is_out() {
    for (date, known, certain) in [
        ("2027-03-21", 2027, true),
        ("2027-03-21", 2026, false),
        ("2027-03-22", 2026, false),
        ("2027-03-24", 2026, true),
        ("2027-09-23", 2026, false),
        ("2027-09-21", 2026, false),
        ("2027-11-23", 2026, true),
        ("2027-11-24", 2026, true),
        ("2100-01-01", 2200, false),
    ] {
        assert_eq!(is_certain(day(date), known), certain, "{date} known through {known}");
    }
    assert_eq!(known_through(day("2026-02-28")), 2026);
    assert_eq!(known_through(day("2026-03-01")), 2027);
}

proptest! {
    #[test]
    fn a_holiday_on_a_sunday_is_made_up_for(days in 0..33_000_u64) {
        let date = day("2007-01-01") + chrono::Days::new(days);
        if date.weekday() == chrono::Weekday::Sun && on(date).is_some() {
            let next_working = date.iter_days().skip(1).find(|&it| on(it).is_none());
            let substitute = date.iter_days().skip(1).take(7).find(|&it| on(it) == Some(Holiday::Substitute));
            prop_assert!(substitute.is_some() && substitute < next_working);
        }
    }

    #[test]
    fn outside_the_known_years_nothing_is_claimed(year in -3000..3000_i32, ordinal in 1..=365_u32) {
        let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        if !YEARS.contains(&year) {
            prop_assert_eq!(on(date), None);
            prop_assert!(!is_certain(date, i32::MAX));
        }
    }
}
