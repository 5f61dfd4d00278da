//! The rules, exceptions and absences that an expert enters, and the open time that follows from them.
use super::day::Day;
use super::span::Span;
use crate::id::ExpertId;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// A span that is open every week. Several rules on a weekday are united.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyRule {
    pub weekday: Weekday,
    pub span: Span,
    /// The first day on which the rule holds.
    pub valid_from: Option<NaiveDate>,
    /// The last day on which the rule holds, that day included.
    pub valid_until: Option<NaiveDate>,
}

/// A change to the open time of one day.
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
    /// Removes the whole day, including spans that are added to it.
    RemoveAll,
}

/// Days on which an expert is away, both ends included, as people say it: 8月10日から8月15日まで.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// The expert who is asked first to take over the appointments of these days.
    pub stand_in: Option<ExpertId>,
}

/// All rules, exceptions and absences of an expert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub rules: Vec<WeeklyRule>,
    pub exceptions: Vec<Exception>,
    pub absences: Vec<Absence>,
}

impl Schedule {
    /// Returns whether there is neither a rule nor an exception, so that the expert can never be booked.
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

    /// Returns both as one rule if they overlap or touch and hold on the same days.
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

    /// Returns whether the expert is absent on every day from `first` to `last`.
    pub fn is_absent_throughout(&self, first: NaiveDate, last: NaiveDate) -> bool {
        first <= last && first.iter_days().take_while(|it| *it <= last).all(|it| self.is_absent(it))
    }

    /// Returns the quarters open on `date`, whatever is booked: the rules, plus the added spans, less the removed
    /// ones.
    ///
    /// A removal outweighs an addition, and an absence outweighs both, in whatever order they were entered: an expert
    /// is never booked at a time that they have once taken back. The caller handles closing days. O(rules +
    /// exceptions + absences).
    pub fn day(&self, date: NaiveDate) -> Day {
        if self.is_absent(date) { Day::NONE } else { self.opened(date) }
    }

    /// Returns the expert who is asked first to stand in on `date`, if this expert is absent and has named one.
    pub fn stand_in(&self, date: NaiveDate) -> Option<ExpertId> {
        self.absences.iter().filter(|it| it.contains(date)).find_map(|it| it.stand_in)
    }

    /// Returns the quarters that would be open on `date` if the expert were not absent.
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

    /// Returns the quarters that the weekly rules alone open on `date`.
    pub fn weekly(&self, date: NaiveDate) -> Day {
        self.rules.iter().filter(|it| it.holds_on(date)).map(|it| it.span).collect()
    }

    /// Returns the exceptions by which exactly `wanted` is open on `date`. They replace all exceptions of that day.
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
