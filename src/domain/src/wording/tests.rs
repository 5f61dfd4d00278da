use chrono::{DateTime, NaiveDate, Utc};

use super::{
    era_year, iso_date, iso_date_time, long_date, long_date_time, long_date_time_range, month_day_time,
    month_day_weekday, table_date, table_date_time, thousands, time_range,
};
use crate::calendar::at_japan;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str, hour: u8, minute: u8) -> DateTime<Utc> {
    at_japan(day(text), hour, minute)
}

#[test]
fn dates_read_as_the_guide_says() {
    let (start, end) = (at("2026-11-24", 10, 0), at("2026-11-24", 11, 0));
    assert_eq!(long_date_time_range(start, end), "2026年（令和8年）11月24日（火）10:00から11:00");
    assert_eq!(long_date(start), "2026年（令和8年）11月24日（火）");
    assert_eq!(long_date_time(at("2026-11-20", 14, 5)), "2026年（令和8年）11月20日（金）14:05");
    assert_eq!(month_day_weekday(start), "11月24日（火）");
    assert_eq!(month_day_weekday(day("2026-11-23")), "11月23日（月・祝）");
    assert_eq!(month_day_time(at("2026-11-25", 9, 30)), "11月25日（水）9:30");
    assert_eq!(table_date(start), "11/24（火）");
    assert_eq!(table_date_time(end), "11/24（火）11:00");
    assert_eq!(time_range(start, end), "10:00から11:00");
    assert_eq!(iso_date(start), "2026-11-24");
    assert_eq!(iso_date_time(start), "2026-11-24T10:00:00+09:00");
    assert_eq!(
        long_date_time_range(at("2026-12-31", 23, 0), at("2027-01-01", 1, 0)),
        "2026年（令和8年）12月31日（木）23:00から2027年（令和9年）1月1日（金・祝）1:00"
    );
}

#[test]
fn the_day_is_japans_not_utcs() {
    let late: DateTime<Utc> = "2026-11-23T15:00:00Z".parse().unwrap();
    assert_eq!(table_date(late), "11/24（火）");
    assert_eq!(iso_date(late), "2026-11-24");
    let before: DateTime<Utc> = "2026-11-23T14:59:59Z".parse().unwrap();
    assert_eq!(table_date_time(before), "11/23（月・祝）23:59");
}

#[test]
fn the_era_changes_on_its_day() {
    for (date, expected) in [
        ("2026-01-01", Some("令和8年")),
        ("2019-05-01", Some("令和元年")),
        ("2019-04-30", Some("平成31年")),
        ("1989-01-08", Some("平成元年")),
        ("1989-01-07", None),
    ] {
        assert_eq!(era_year(day(date)).as_deref(), expected, "{date}");
    }
    assert_eq!(long_date(day("1980-01-01")), "1980年1月1日（火）");
}

#[test]
fn numbers_are_grouped_by_thousands() {
    for (n, expected) in [
        (0_i64, "0"),
        (12, "12"),
        (999, "999"),
        (1_000, "1,000"),
        (1_234_567, "1,234,567"),
        (-1_234, "-1,234"),
        (-123, "-123"),
    ] {
        assert_eq!(thousands(n), expected);
    }
}

#[test]
fn an_age_is_told_in_whole_units() {
    let now: DateTime<Utc> = "2026-11-24T01:00:00Z".parse().unwrap();
    for (seconds, said) in [
        (0, "たった今"),
        (59, "たった今"),
        (60, "1分前"),
        (59 * 60, "59分前"),
        (60 * 60, "1時間前"),
        (150 * 60, "2時間前"),
        (24 * 3600 - 1, "23時間前"),
        (24 * 3600, "1日前"),
        (50 * 3600, "2日前"),
    ] {
        assert_eq!(super::ago(now - chrono::TimeDelta::seconds(seconds), now), said, "{seconds}");
    }
}
