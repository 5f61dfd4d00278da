//! What an expert says about their time, and the days that follow from it.
use super::day::Day;
use super::span::Span;
use crate::id::ExpertId;
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
    pub change: ExceptionChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionChange {
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
    /// Who is asked first to take over what is booked in these days.
    pub stand_in: Option<ExpertId>,
}

/// All that an expert has said about their time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub rules: Vec<WeeklyRule>,
    pub exceptions: Vec<Exception>,
    pub absences: Vec<Absence>,
}

impl Schedule {
    /// Nothing has been said by which anybody could be booked.
    pub fn offers_nothing(&self) -> bool {
        self.rules.is_empty() && self.exceptions.is_empty()
    }
}

impl WeeklyRule {
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.weekday == date.weekday()
            && self.valid_from.is_none_or(|it| it <= date)
            && self.valid_until.is_none_or(|it| date <= it)
    }

    /// Both as one rule, where they overlap or touch and hold on the same days.
    pub fn united(self, other: Self) -> Option<Self> {
        let same_days = |it: Self| (it.weekday, it.valid_from, it.valid_until);
        let (start, end) = (self.span.start().min(other.span.start()), self.span.end().max(other.span.end()));
        let apart = self.span.end() < other.span.start() || other.span.end() < self.span.start();
        let span = Span::new(start, end).ok().filter(|_| !apart && same_days(self) == same_days(other))?;
        Some(Self { span, ..self })
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
        if self.is_absent(date) { Day::NONE } else { self.opened(date) }
    }

    /// Who is asked first to stand in on `date`, where the expert is absent and has named somebody.
    pub fn stand_in(&self, date: NaiveDate) -> Option<ExpertId> {
        self.absences.iter().filter(|it| it.contains(date)).find_map(|it| it.stand_in)
    }

    /// The same without looking at absences: what would be open, were the expert there.
    pub fn opened(&self, date: NaiveDate) -> Day {
        let mut open = self.weekly(date);
        let mut removed = Day::NONE;
        for exception in self.exceptions.iter().filter(|it| it.date == date) {
            match exception.change {
                ExceptionChange::Add(span) => open = open.union(span.day()),
                ExceptionChange::Remove(span) => removed = removed.union(span.day()),
                ExceptionChange::RemoveAll => removed = Day::ALL,
            }
        }
        open.minus(removed)
    }

    /// What the weekly rules alone say of `date`.
    pub fn weekly(&self, date: NaiveDate) -> Day {
        self.rules.iter().filter(|it| it.holds_on(date)).map(|it| it.span).collect()
    }

    /// The exceptions by which exactly `wanted` is open on `date`, in the place of all that are there for that day.
    pub fn changes_to(&self, date: NaiveDate, wanted: Day) -> Vec<Exception> {
        let weekly = self.weekly(date);
        if wanted.is_empty() && !weekly.is_empty() {
            return vec![Exception { date, change: ExceptionChange::RemoveAll }];
        }
        let more = wanted.minus(weekly).spans().into_iter().map(ExceptionChange::Add);
        let less = weekly.minus(wanted).spans().into_iter().map(ExceptionChange::Remove);
        more.chain(less).map(|change| Exception { date, change }).collect()
    }
}

#[cfg(test)]
pub(super) mod tests;
