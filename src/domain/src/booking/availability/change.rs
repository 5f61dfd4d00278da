//! A change of an expert's schedule in words, for the record: what was open before, and what is open now.
use std::collections::BTreeSet;

use chrono::{NaiveDate, Weekday};

use super::{
    day::Day,
    rule::{Exception, Schedule, WeeklyRule},
    span::Span,
};
use crate::wording::long_date;

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, "月曜日"),
    (Weekday::Tue, "火曜日"),
    (Weekday::Wed, "水曜日"),
    (Weekday::Thu, "木曜日"),
    (Weekday::Fri, "金曜日"),
    (Weekday::Sat, "土曜日"),
    (Weekday::Sun, "日曜日"),
];

/// Returns one sentence for each weekday whose rules have changed, and for each day whose own hours have: the earlier
/// hours and those of now. Days of absence are recorded apart.
pub fn schedule_changes(before: &Schedule, after: &Schedule) -> Vec<String> {
    let mut changes = Vec::new();
    for (weekday, name) in WEEK {
        let (old, new) = (weekly(before, weekday), weekly(after, weekday));
        if old != new {
            changes.push(format!("毎週{name}の空き：{old} → {new}"));
        }
    }
    let dates: BTreeSet<_> = before.exceptions.iter().chain(&after.exceptions).map(|it| it.date).collect();
    for date in dates.into_iter().filter(|it| of_day(before, *it) != of_day(after, *it)) {
        let (old, new) = (hours(before.opened(date)), hours(after.opened(date)));
        if old != new {
            changes.push(format!("{}の空き：{old} → {new}", long_date(date)));
        }
    }
    changes
}

/// Returns the exceptions of a day, whatever the order in which they were entered.
fn of_day(schedule: &Schedule, date: NaiveDate) -> Vec<&Exception> {
    let mut own: Vec<_> = schedule.exceptions.iter().filter(|it| it.date == date).collect();
    own.sort_by_key(|it| format!("{:?}", it.change));
    own
}

/// Returns the rules of a weekday in words.
fn weekly(schedule: &Schedule, weekday: Weekday) -> String {
    let mut rules: Vec<_> = schedule.rules.iter().filter(|it| it.weekday == weekday).collect();
    rules.sort_by_key(|it| (it.span.start(), it.valid_from, it.valid_until));
    let rules: Vec<_> = rules.into_iter().map(rule).collect();
    if rules.is_empty() { "なし".to_owned() } else { rules.join("、") }
}

fn rule(it: &WeeklyRule) -> String {
    let from = it.valid_from.map(|it| format!("{}から", long_date(it))).unwrap_or_default();
    let until = it.valid_until.map(|it| format!("{}まで", long_date(it))).unwrap_or_default();
    let days =
        if from.is_empty() && until.is_empty() { String::new() } else { format!("（{from}{until}）") };
    format!("{}{days}", span(it.span))
}

fn hours(day: Day) -> String {
    let spans: Vec<_> = day.spans().into_iter().map(span).collect();
    if spans.is_empty() { "なし".to_owned() } else { spans.join("、") }
}

fn span(it: Span) -> String {
    format!("{}から{}", clock(it.start()), clock(it.end()))
}

/// Returns the clock time of a quarter since 6:00.
fn clock(quarter: u8) -> String {
    format!("{}:{:02}", 6 + quarter / 4, quarter % 4 * 15)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, Weekday};

    use super::schedule_changes;
    use crate::booking::availability::{Absence, Exception, ExceptionChange, Schedule, Span, WeeklyRule};

    fn rule(weekday: Weekday, start: u8, end: u8) -> WeeklyRule {
        WeeklyRule { weekday, span: Span::new(start, end).unwrap(), valid_from: None, valid_until: None }
    }

    #[test]
    fn a_change_says_the_earlier_hours_and_those_of_now() {
        let date: NaiveDate = "2026-11-26".parse().unwrap();
        let before = Schedule { rules: vec![rule(Weekday::Thu, 12, 44)], ..Schedule::default() };
        assert_eq!(schedule_changes(&before, &before), [""; 0]);
        let shorter = Schedule {
            rules: vec![rule(Weekday::Thu, 12, 24), rule(Weekday::Mon, 12, 44)],
            ..Schedule::default()
        };
        assert_eq!(
            schedule_changes(&before, &shorter),
            ["毎週月曜日の空き：なし → 9:00から17:00", "毎週木曜日の空き：9:00から17:00 → 9:00から12:00"]
        );
        let until = Schedule {
            rules: vec![WeeklyRule { valid_until: Some(date), ..rule(Weekday::Thu, 12, 44) }],
            ..Schedule::default()
        };
        let limited =
            "毎週木曜日の空き：9:00から17:00 → 9:00から17:00（2026年（令和8年）11月26日（木）まで）";
        assert_eq!(schedule_changes(&before, &until), [limited]);

        let exceptions = vec![Exception { date, change: ExceptionChange::RemoveAll }];
        let away = Schedule { exceptions, ..before.clone() };
        let day = "2026年（令和8年）11月26日（木）の空き：";
        assert_eq!(schedule_changes(&before, &away), [format!("{day}9:00から17:00 → なし")]);
        assert_eq!(schedule_changes(&away, &before), [format!("{day}なし → 9:00から17:00")]);
        let absences = vec![Absence { first: date, last: date, stand_in: None }];
        assert_eq!(schedule_changes(&before, &Schedule { absences, ..before.clone() }), [""; 0]);
    }
}
