//! The days of many experts, laid out for searching.
use super::day::Day;
use super::occupied::Occupied;
use super::rule::Schedule;
use crate::field::Fields;
use crate::id::ExpertId;
use chrono::{Datelike, IsoWeek, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything about one expert's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub expert: ExpertId,
    pub fields: Fields,
    pub schedule: Schedule,
    pub occupied: Occupied,
    /// The days of the sessions that are held or confirmed, one entry each: also those outside the pool's days
    /// that lie in the same week as one of them.
    pub sessions: Vec<NaiveDate>,
    pub limits: Limits,
}

/// How many sessions an expert takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub per_day: u16,
    /// Monday to Sunday.
    pub per_week: u16,
}

/// The open and busy quarters of experts on consecutive days: a snapshot, one `u64` each per expert and day.
#[derive(Clone, Debug)]
pub struct Pool {
    first: NaiveDate,
    pub(super) days: Vec<PoolDay>,
    pub(super) members: Vec<Member>,
    /// Day by day, the experts of a day side by side: a search by date reads it from front to back.
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct PoolDay {
    pub date: NaiveDate,
    pub closed: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub expert: ExpertId,
    pub fields: Fields,
}

/// One expert's day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Nothing where `standing` is other than `Working`.
    pub open: Day,
    pub busy: Day,
    pub standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Working,
    Closed,
    Absent,
    DayFull,
    WeekFull,
}

impl Pool {
    /// `days` days from `first` on; `closed` says on which of them the center is closed.
    ///
    /// O(experts × days × rules of an expert); 16 bytes and a tag per expert and day.
    pub fn new(
        first: NaiveDate,
        days: usize,
        closed: impl Fn(NaiveDate) -> bool,
        calendars: &[Calendar],
    ) -> Self {
        let days: Vec<_> =
            first.iter_days().take(days).map(|date| PoolDay { date, closed: closed(date) }).collect();
        let taken: Vec<_> = calendars.iter().map(Sessions::of).collect();
        let cells = days
            .iter()
            .flat_map(|&day| calendars.iter().zip(&taken).map(move |(it, taken)| cell(day, it, taken)))
            .collect();
        let members = calendars.iter().map(|it| Member { expert: it.expert, fields: it.fields }).collect();
        Self { first, days, members, cells }
    }

    /// The experts, in the order of the calendars. Their places here are the places of an ask's footprints.
    pub fn experts(&self) -> impl ExactSizeIterator<Item = ExpertId> {
        self.members.iter().map(|it| it.expert)
    }

    /// The memory that its days take. Bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.cells[..]) + size_of_val(&self.members[..]) + size_of_val(&self.days[..])
    }

    /// The place of an expert. O(experts).
    pub fn place(&self, expert: ExpertId) -> Option<usize> {
        self.members.iter().position(|it| it.expert == expert)
    }

    /// Which of its days a date is.
    pub(super) fn day(&self, date: NaiveDate) -> Option<usize> {
        let day = usize::try_from((date - self.first).num_days()).ok()?;
        (day < self.days.len()).then_some(day)
    }

    /// The experts of one day, in their order.
    pub(super) fn cells(&self, day: usize) -> &[Cell] {
        let from = day * self.members.len();
        self.cells.get(from..from + self.members.len()).unwrap_or_default()
    }
}

/// How many sessions an expert has on a day and in a week.
struct Sessions {
    by_day: BTreeMap<NaiveDate, u16>,
    by_week: BTreeMap<IsoWeek, u16>,
}

impl Sessions {
    fn of(calendar: &Calendar) -> Self {
        let mut sessions = Self { by_day: BTreeMap::new(), by_week: BTreeMap::new() };
        for date in &calendar.sessions {
            let day = sessions.by_day.entry(*date).or_default();
            *day = day.saturating_add(1);
            let week = sessions.by_week.entry(date.iso_week()).or_default();
            *week = week.saturating_add(1);
        }
        sessions
    }
}

fn cell(day: PoolDay, calendar: &Calendar, taken: &Sessions) -> Cell {
    let count = |it: Option<&u16>| it.copied().unwrap_or_default();
    let standing = if day.closed {
        Standing::Closed
    } else if calendar.schedule.is_absent(day.date) {
        Standing::Absent
    } else if count(taken.by_day.get(&day.date)) >= calendar.limits.per_day {
        Standing::DayFull
    } else if count(taken.by_week.get(&day.date.iso_week())) >= calendar.limits.per_week {
        Standing::WeekFull
    } else {
        Standing::Working
    };
    let open = match standing {
        Standing::Working => calendar.schedule.day(day.date),
        Standing::Closed | Standing::Absent | Standing::DayFull | Standing::WeekFull => Day::NONE,
    };
    Cell { open, busy: calendar.occupied.day(day.date), standing }
}
