//! What an expert says about their time, and the days that follow from it.
use super::day::Day;
use super::span::Span;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Open at the same time every week. Several rules on a weekday are united.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyRule {
    pub weekday: Weekday,
    pub span: Span,
    /// First day on which it holds.
    pub valid_from: Option<NaiveDate>,
    /// Last day on which it holds, that day included.
    pub valid_until: Option<NaiveDate>,
}

/// What is different on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub date: NaiveDate,
    pub change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Add(Span),
    Remove(Span),
    /// The whole day, spans added to it included.
    RemoveAll,
}

/// Days away, both ends included, as people say it: 8月10日から8月15日まで.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// All that an expert has said about their time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub rules: Vec<WeeklyRule>,
    pub exceptions: Vec<Exception>,
    pub absences: Vec<Absence>,
}

impl WeeklyRule {
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.weekday == date.weekday()
            && self.valid_from.is_none_or(|it| it <= date)
            && self.valid_until.is_none_or(|it| date <= it)
    }
}

impl Absence {
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.first <= date && date <= self.last
    }
}

impl Schedule {
    pub fn is_absent(&self, date: NaiveDate) -> bool {
        self.absences.iter().any(|it| it.contains(date))
    }

    /// The quarters open on `date`, whatever is booked: the rules, plus what is added, less what is removed.
    ///
    /// A removal outweighs an addition, and an absence both, in whatever order they were entered: nobody is booked
    /// at a time that they have once taken back. Closing days are the caller's. O(rules + exceptions + absences).
    pub fn day(&self, date: NaiveDate) -> Day {
        if self.is_absent(date) {
            return Day::NONE;
        }
        let mut open: Day = self.rules.iter().filter(|it| it.holds_on(date)).map(|it| it.span).collect();
        let mut removed = Day::NONE;
        for exception in self.exceptions.iter().filter(|it| it.date == date) {
            match exception.change {
                Change::Add(span) => open = open.union(span.day()),
                Change::Remove(span) => removed = removed.union(span.day()),
                Change::RemoveAll => removed = Day::ALL,
            }
        }
        open.minus(removed)
    }
}

#[cfg(test)]
pub(super) mod tests;
