//! Dates, times and numbers as pages and mails show them (`docs/design/guide.md` §3). Times are in Japan
//! time.
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};

use crate::calendar::{holiday, japan_date, jst};

/// A day in Japan, or an instant that falls on one.
pub trait JapanDay {
    fn japan_day(self) -> NaiveDate;
}

impl JapanDay for NaiveDate {
    fn japan_day(self) -> NaiveDate {
        self
    }
}

impl JapanDay for DateTime<Utc> {
    fn japan_day(self) -> NaiveDate {
        japan_date(self)
    }
}

/// Formats as 「2026年（令和8年）11月24日（火）」.
pub fn long_date(day: impl JapanDay) -> String {
    let day = day.japan_day();
    let era = era_year(day).map(|it| format!("（{it}）")).unwrap_or_default();
    format!("{}年{era}{}", day.year(), month_day_weekday(day))
}

/// Formats as 「2026年（令和8年）11月20日（金）14:05」.
pub fn long_date_time(at: DateTime<Utc>) -> String {
    format!("{}{}", long_date(at), time(at))
}

/// Formats as 「2026年（令和8年）11月24日（火）10:00から11:00」, with the second date if it is another day.
pub fn long_date_time_range(start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    let same_day = japan_date(start) == japan_date(end);
    let end = if same_day { time(end) } else { long_date_time(end) };
    format!("{}から{end}", long_date_time(start))
}

/// Formats as 「11月24日（火）」; a holiday as 「11月23日（月・祝）」.
pub fn month_day_weekday(day: impl JapanDay) -> String {
    let day = day.japan_day();
    format!("{}月{}日（{}）", day.month(), day.day(), weekday(day))
}

/// Formats as 「11月24日（火）10:00」.
pub fn month_day_time(at: DateTime<Utc>) -> String {
    format!("{}{}", month_day_weekday(at), time(at))
}

/// Formats as 「11/24（火）」, for tables.
pub fn table_date(day: impl JapanDay) -> String {
    let day = day.japan_day();
    format!("{}/{}（{}）", day.month(), day.day(), weekday(day))
}

/// Formats as 「11/24（火）10:00」, for tables.
pub fn table_date_time(at: DateTime<Utc>) -> String {
    format!("{}{}", table_date(at), time(at))
}

/// Formats as 「9:30」.
pub fn time(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&jst());
    format!("{}:{:02}", local.hour(), local.minute())
}

/// Formats as 「10:00から11:00」.
pub fn time_range(start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    format!("{}から{}", time(start), time(end))
}

/// Formats the time since `at` in whole units, as 「たった今」, 「5分前」, 「3時間前」 or 「2日前」. It shows the age of fetched
/// data.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes();
    match minutes {
        ..1 => "たった今".to_owned(),
        1..60 => format!("{minutes}分前"),
        60..1440 => format!("{}時間前", minutes / 60),
        _ => format!("{}日前", minutes / 1440),
    }
}

/// Formats as `2026-11-24`, for `<time datetime>` and CSV.
pub fn iso_date(day: impl JapanDay) -> String {
    day.japan_day().format("%Y-%m-%d").to_string()
}

/// Formats as `2026-11-24T10:00:00+09:00`, for `<time datetime>` and CSV.
pub fn iso_date_time(at: DateTime<Utc>) -> String {
    at.with_timezone(&jst()).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Returns the year of the era: 「令和8年」, 「令和元年」, 「平成31年」. Returns `None` before 1989-01-08, which no date of
/// the service reaches.
pub fn era_year(day: NaiveDate) -> Option<String> {
    let (era, before_first) = match (day.year(), day.month(), day.day()) {
        it if it >= (2019, 5, 1) => ("令和", 2018),
        it if it >= (1989, 1, 8) => ("平成", 1988),
        _ => return None,
    };
    Some(match day.year() - before_first {
        1 => format!("{era}元年"),
        n => format!("{era}{n}年"),
    })
}

/// Returns the day of the week: 「火」; on a holiday 「月・祝」.
pub fn weekday(day: NaiveDate) -> &'static str {
    match (day.weekday(), holiday::on(day).is_some()) {
        (Weekday::Mon, false) => "月",
        (Weekday::Tue, false) => "火",
        (Weekday::Wed, false) => "水",
        (Weekday::Thu, false) => "木",
        (Weekday::Fri, false) => "金",
        (Weekday::Sat, false) => "土",
        (Weekday::Sun, false) => "日",
        (Weekday::Mon, true) => "月・祝",
        (Weekday::Tue, true) => "火・祝",
        (Weekday::Wed, true) => "水・祝",
        (Weekday::Thu, true) => "木・祝",
        (Weekday::Fri, true) => "金・祝",
        (Weekday::Sat, true) => "土・祝",
        (Weekday::Sun, true) => "日・祝",
    }
}

/// Formats as `1,234`. Takes any whole number, also a negative one.
pub fn thousands(n: impl std::fmt::Display + Copy) -> String {
    let plain = n.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |it| ("-", it));
    let mut grouped = String::from(sign);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns an outcome or a state in words, with the expert who did not come, if there is one.
pub fn with_absent(label: &str, absent: Option<&str>) -> String {
    match absent {
        Some(name) => format!("{label}（{name}さんは欠席）"),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests;
