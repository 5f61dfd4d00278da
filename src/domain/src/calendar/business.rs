//! The days on which the center works. 行政機関の休日 and the operator's own closing days are off.
use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::holiday::{self, Holiday};

/// The calendar of business days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusinessCalendar {
    /// Days on which the operator closes for its own reasons, in addition to the law's.
    pub closing_days: BTreeSet<NaiveDate>,
    /// The last year whose equinoxes are fixed; see `holiday::known_through`.
    pub known_through: i32,
}

/// The reason why a day is not a business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    Holiday(Holiday),
    /// 29 December to 3 January (行政機関の休日に関する法律 1条).
    YearEnd,
    Saturday,
    Sunday,
    Operator,
}

impl BusinessCalendar {
    pub const fn new(closing_days: BTreeSet<NaiveDate>, known_through: i32) -> Self {
        Self { closing_days, known_through }
    }

    pub fn is_open(&self, date: NaiveDate) -> bool {
        self.why_closed(date).is_none()
    }

    /// Returns the first reason in the order of `Closed`; `None` on a business day.
    pub fn why_closed(&self, date: NaiveDate) -> Option<Closed> {
        if let Some(holiday) = holiday::on(date) {
            return Some(Closed::Holiday(holiday));
        }
        match (date.month(), date.day(), date.weekday()) {
            (12, 29..=31, _) | (1, 1..=3, _) => Some(Closed::YearEnd),
            (_, _, Weekday::Sat) => Some(Closed::Saturday),
            (_, _, Weekday::Sun) => Some(Closed::Sunday),
            _ if self.closing_days.contains(&date) => Some(Closed::Operator),
            _ => None,
        }
    }

    /// Returns whether no later announcement under the law can open or close the day.
    ///
    /// A weekend is closed whatever the almanac says, and so is a day on which the operator closes.
    pub fn is_certain(&self, date: NaiveDate) -> bool {
        matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
            || self.closing_days.contains(&date)
            || holiday::is_certain(date, self.known_through)
    }

    /// Returns the `n`th business day after `from`, which itself is not counted. With `n` 0, returns `from` or the
    /// next open day.
    pub fn add_business_days(&self, from: NaiveDate, n: u16) -> NaiveDate {
        if n == 0 && self.is_open(from) {
            return from;
        }
        let wanted = usize::from(n).max(1) - 1;
        self.open_days_after(from).nth(wanted).unwrap_or(NaiveDate::MAX)
    }

    /// Returns the first business day after `date`.
    pub fn next_business_day(&self, date: NaiveDate) -> NaiveDate {
        self.add_business_days(date, 1)
    }

    /// Returns the last business day before `date`.
    pub fn previous_business_day(&self, date: NaiveDate) -> NaiveDate {
        let before = std::iter::successors(date.pred_opt(), NaiveDate::pred_opt);
        before.into_iter().find(|&it| self.is_open(it)).unwrap_or(NaiveDate::MIN)
    }

    /// Returns the last business day of a month; `None` if there is no such month, or no business day in it.
    pub fn last_business_day_of_month(&self, year: i32, month: u32) -> Option<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let next_month = first.checked_add_months(chrono::Months::new(1))?;
        Some(self.previous_business_day(next_month)).filter(|&it| it >= first)
    }

    /// Returns how many business days come after `from` until `to`, `to` included; 0 if `to` is not later.
    ///
    /// The inverse of `add_business_days`: adding the result to `from` gives `to`, if `to` is open and later.
    pub fn business_days_between(&self, from: NaiveDate, to: NaiveDate) -> usize {
        self.open_days_after(from).take_while(|&it| it <= to).count()
    }

    fn open_days_after(&self, from: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        std::iter::successors(from.succ_opt(), NaiveDate::succ_opt).filter(|&it| self.is_open(it))
    }
}

impl Closed {
    /// Returns the reason in Japanese: 「土曜日」, 「勤労感謝の日」, ….
    pub const fn label(self) -> &'static str {
        match self {
            Self::Holiday(holiday) => holiday.name(),
            Self::YearEnd => "年末年始",
            Self::Saturday => "土曜日",
            Self::Sunday => "日曜日",
            Self::Operator => "センターの休業日",
        }
    }
}

#[cfg(test)]
mod tests;
