//! Deadlines that record how they were computed, and that are paused while one party waits for another.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::business::{BusinessCalendar, Closed};
use super::{at_japan, japan_date};
use crate::actor::Party;

mod explain;

/// A due instant with the trace of how it was computed. It is on a business day, at the hour at which the center
/// closes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub at: DateTime<Utc>,
    /// The steps in their order; the last one gives the due instant.
    pub trace: Vec<DeadlineStep>,
    count: Count,
}

/// A deadline that is paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PausedDeadline {
    pub since: DateTime<Utc>,
    pub trace: Vec<DeadlineStep>,
    count: Count,
    /// The due instant before the pause.
    was: DateTime<Utc>,
    /// The full days left after the day of the pause; `None` if the deadline had already passed.
    left: Option<u16>,
}

/// The unit in which a deadline counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    BusinessDays,
    CalendarDays,
}

/// One step in the computation of a deadline.
///
/// `certain` is false if the almanac that fixes the day's equinox was not out yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum DeadlineStep {
    Started {
        at: DateTime<Utc>,
        days: u16,
        count: Count,
    },
    /// The `n`th day since the start or the resumption.
    Counted {
        day: NaiveDate,
        n: u16,
        certain: bool,
    },
    /// A closed day on the way.
    Skipped {
        day: NaiveDate,
        why: Closed,
        certain: bool,
    },
    /// `waiting` waits for `for_whom`; `left` is as in `PausedDeadline`.
    Paused {
        at: DateTime<Utc>,
        waiting: Party,
        for_whom: Party,
        left: Option<u16>,
    },
    Resumed {
        at: DateTime<Utc>,
    },
    Due {
        at: DateTime<Utc>,
        certain: bool,
    },
    /// The deadline is earlier than its rule says: a company has to hear of the result before its appointment.
    Limited {
        at: DateTime<Utc>,
        starts_at: DateTime<Utc>,
    },
}

/// Returns the deadline when the center closes on the `days`th business day after the day of `from`.
///
/// Counting starts on the day after, whatever the hour of `from` and even if its day is closed. 0 days means the day
/// of `from` if it is open, else the next open day.
pub fn deadline_after_business_days(
    calendar: &BusinessCalendar,
    from: DateTime<Utc>,
    days: u16,
    closes_hour: u8,
) -> Deadline {
    started(calendar, from, days, Count::BusinessDays, hours(closes_hour))
}

/// Returns the deadline when the center closes on the `days`th day after the day of `from`, or on the next open day
/// if that day is closed.
pub fn deadline_calendar_days(
    calendar: &BusinessCalendar,
    from: DateTime<Utc>,
    days: u16,
    closes_hour: u8,
) -> Deadline {
    started(calendar, from, days, Count::CalendarDays, hours(closes_hour))
}

impl Deadline {
    /// Returns whether the deadline has passed. At the very instant it has not.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        now > self.at
    }

    /// Returns the day in Japan on which the deadline falls.
    pub fn day(&self) -> NaiveDate {
        due_day(self.at)
    }

    /// Pauses the deadline from `from` on, because `waiting` waits for `for_whom`.
    ///
    /// The full days after the day of the pause are kept. A deadline that has already passed stays passed.
    pub fn paused(
        self,
        calendar: &BusinessCalendar,
        from: DateTime<Utc>,
        waiting: Party,
        for_whom: Party,
    ) -> PausedDeadline {
        let left = (!self.is_overdue(from)).then(|| {
            let (today, due) = (japan_date(from), self.day());
            let days = match self.count {
                Count::BusinessDays => i64::try_from(calendar.business_days_between(today, due)).ok(),
                Count::CalendarDays => Some((due - today).num_days()),
            };
            days.map_or(u16::MAX, |it| u16::try_from(it.max(0)).unwrap_or(u16::MAX))
        });
        let mut trace = self.trace;
        trace.push(DeadlineStep::Paused { at: from, waiting, for_whom, left });
        PausedDeadline { since: from, trace, count: self.count, was: self.at, left }
    }

    /// Returns the deadline, at the latest at `limit`, because the appointment for which it is begins at `starts_at`.
    pub fn no_later_than(mut self, limit: DateTime<Utc>, starts_at: DateTime<Utc>) -> Self {
        if limit < self.at {
            self.at = limit;
            self.trace.push(DeadlineStep::Limited { at: limit, starts_at });
        }
        self
    }

    /// Returns the deadline as the calendar of now gives it, with its explanation made anew. `limit` is as in
    /// `no_later_than`.
    ///
    /// `None` if nothing changes: a deadline that was given never becomes earlier.
    pub fn moved(
        &self,
        calendar: &BusinessCalendar,
        limit: Option<(DateTime<Utc>, DateTime<Utc>)>,
    ) -> Option<Self> {
        let begun = self
            .trace
            .iter()
            .rposition(|it| matches!(it, DeadlineStep::Started { .. } | DeadlineStep::Resumed { .. }))?;
        let before = begun.checked_sub(1).and_then(|it| self.trace.get(it));
        let (from, days) = match (self.trace.get(begun)?, before) {
            (DeadlineStep::Started { at, days, .. }, _) => (*at, *days),
            (DeadlineStep::Resumed { at }, Some(DeadlineStep::Paused { left, .. })) => (*at, (*left)?),
            _ => return None,
        };
        let by_rule = self.trace.iter().rev().find_map(DeadlineStep::due_by_rule)?;
        let closes = by_rule - at_japan(due_day(by_rule), 0, 0);
        let trace = self.trace.get(..=begun)?.to_vec();
        let mut moved = Self { at: from, trace, count: self.count };
        moved.run(calendar, from, days, closes);
        if let Some((limit, starts_at)) = limit {
            moved = moved.no_later_than(limit, starts_at);
        }
        (moved.at > self.at || (moved.at == self.at && moved.trace != self.trace)).then_some(moved)
    }

    /// Returns whether no day on the way depends on an almanac that was not out yet.
    pub fn is_certain(&self) -> bool {
        self.trace.iter().all(DeadlineStep::is_certain)
    }

    /// Returns the computation in Japanese, one line for each step.
    pub fn explain(&self) -> Vec<String> {
        explain::lines(&self.trace)
    }
}

impl PausedDeadline {
    /// Continues the deadline with the days that were left, at least until the center closes on the day of `at`, or
    /// on the next business day if it has closed by then. The result is never due earlier than before the pause.
    pub fn resumed(self, calendar: &BusinessCalendar, at: DateTime<Utc>) -> Deadline {
        let at = at.max(self.since);
        let mut trace = self.trace;
        trace.push(DeadlineStep::Resumed { at });
        let Some(left) = self.left else {
            trace.push(DeadlineStep::Due { at: self.was, certain: true });
            return Deadline { at: self.was, trace, count: self.count };
        };
        let closes = self.was - at_japan(due_day(self.was), 0, 0);
        let mut deadline = Deadline { at, trace, count: self.count };
        deadline.run(calendar, at, left, closes);
        deadline
    }

    /// Returns the computation so far in Japanese, one line for each step.
    pub fn explain(&self) -> Vec<String> {
        explain::lines(&self.trace)
    }
}

impl DeadlineStep {
    /// Returns the due instant that the rule gives, if this is that step.
    const fn due_by_rule(&self) -> Option<DateTime<Utc>> {
        if let Self::Due { at, .. } = self { Some(*at) } else { None }
    }

    const fn is_certain(&self) -> bool {
        match self {
            Self::Counted { certain, .. } | Self::Skipped { certain, .. } | Self::Due { certain, .. } => {
                *certain
            }
            Self::Started { .. } | Self::Paused { .. } | Self::Resumed { .. } | Self::Limited { .. } => true,
        }
    }
}

fn started(
    calendar: &BusinessCalendar,
    from: DateTime<Utc>,
    days: u16,
    count: Count,
    closes: TimeDelta,
) -> Deadline {
    let mut deadline =
        Deadline { at: from, trace: vec![DeadlineStep::Started { at: from, days, count }], count };
    deadline.run(calendar, from, days, closes);
    deadline
}

impl Deadline {
    /// Counts `days` from the day after `from`, then continues to a day that is open and whose closing time is not
    /// past.
    fn run(&mut self, calendar: &BusinessCalendar, from: DateTime<Utc>, days: u16, closes: TimeDelta) {
        let mut day = japan_date(from);
        let mut n = 0;
        while n < days {
            day = day.succ_opt().unwrap_or(day);
            let why = calendar.why_closed(day).filter(|_| self.count == Count::BusinessDays);
            let certain = self.count == Count::CalendarDays || calendar.is_certain(day);
            match why {
                Some(why) if day < NaiveDate::MAX => {
                    self.trace.push(DeadlineStep::Skipped { day, why, certain });
                }
                _ => {
                    n += 1;
                    self.trace.push(DeadlineStep::Counted { day, n, certain });
                }
            }
        }
        while let Some(next) = day.succ_opt() {
            let certain = calendar.is_certain(day);
            match calendar.why_closed(day) {
                Some(why) => self.trace.push(DeadlineStep::Skipped { day, why, certain }),
                None if closing(day, closes) < from => {}
                None => break,
            }
            day = next;
        }
        self.at = closing(day, closes);
        self.trace.push(DeadlineStep::Due { at: self.at, certain: calendar.is_certain(day) });
    }
}

fn hours(closes_hour: u8) -> TimeDelta {
    TimeDelta::hours(i64::from(closes_hour.clamp(1, 24)))
}

fn closing(day: NaiveDate, closes: TimeDelta) -> DateTime<Utc> {
    at_japan(day, 0, 0).checked_add_signed(closes).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Returns the day in Japan of a due instant. Closing at 24:00 belongs to the day that ends.
fn due_day(at: DateTime<Utc>) -> NaiveDate {
    japan_date(at.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(at))
}

#[cfg(test)]
mod tests;
