//! The days of many experts, laid out for searching.
use super::day::Day;
use super::footprint::Footprint;
use super::occupied::{BusyDay, Occupied};
use super::rule::Schedule;
use crate::field::Fields;
use crate::id::ExpertId;
use chrono::{Datelike, IsoWeek, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The schedule, the bookings and the limits of one expert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub expert: ExpertId,
    pub fields: Fields,
    pub schedule: Schedule,
    pub occupied: Occupied,
    /// The days of the held and confirmed appointments, one entry each. Days outside the pool's days are included if
    /// they lie in the same week as one of these.
    pub appointments: Vec<NaiveDate>,
    pub limits: AppointmentLimits,
}

/// The highest numbers of appointments that an expert takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentLimits {
    pub per_day: u16,
    /// From Monday to Sunday.
    pub per_week: u16,
}

/// The open and busy quarters of experts on consecutive days: a snapshot with one `u64` each per expert and day.
#[derive(Clone, Debug)]
pub struct Pool {
    first: NaiveDate,
    pub(super) days: Vec<PoolDay>,
    pub(super) members: Vec<PoolMember>,
    /// Day by day, with the experts of a day side by side, so that a search by date reads it from front to back.
    cells: Vec<Cell>,
    /// The few days with visits, kept apart from `cells`.
    visited: Vec<BusyDay>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct PoolDay {
    pub date: NaiveDate,
    pub closed: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct PoolMember {
    pub expert: ExpertId,
    pub fields: Fields,
}

/// The day of one expert.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Empty if `standing` is other than `Working`.
    pub open: Day,
    pub busy: Day,
    pub standing: DayStatus,
    /// The position of the day in `visited`, counted from 1; `None` if the day has no visits or no open time.
    visits: Option<NonZeroU32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayStatus {
    Working,
    Closed,
    Absent,
    DayFull,
    WeekFull,
}

impl Pool {
    /// Builds the pool of `days` days from `first` on; `closed` says on which of them the center is closed.
    ///
    /// O(experts × days × rules of an expert); 24 bytes per expert and day, plus the memory for visits.
    pub fn new(
        first: NaiveDate,
        days: usize,
        closed: impl Fn(NaiveDate) -> bool,
        calendars: &[Calendar],
    ) -> Self {
        let days: Vec<_> =
            first.iter_days().take(days).map(|date| PoolDay { date, closed: closed(date) }).collect();
        let taken: Vec<_> = calendars.iter().map(AppointmentCounts::of).collect();
        let members =
            calendars.iter().map(|it| PoolMember { expert: it.expert, fields: it.fields }).collect();
        let cells = Vec::with_capacity(days.len() * calendars.len());
        let mut pool = Self { first, days, members, cells, visited: Vec::new() };
        for day in 0..pool.days.len() {
            for (calendar, taken) in calendars.iter().zip(&taken) {
                let cell = pool.cell(pool.days[day], calendar, taken);
                pool.cells.push(cell);
            }
        }
        pool
    }

    /// Returns the experts, in the order of the calendars. An expert's place here is their place in the footprints of
    /// a query.
    pub fn experts(&self) -> impl ExactSizeIterator<Item = ExpertId> {
        self.members.iter().map(|it| it.expert)
    }

    /// Returns the memory that the pool takes, without the lists of a day's visits. Bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.cells[..])
            + size_of_val(&self.members[..])
            + size_of_val(&self.days[..])
            + size_of_val(&self.visited[..])
    }

    /// Returns the place of an expert. O(experts).
    pub fn place(&self, expert: ExpertId) -> Option<usize> {
        self.members.iter().position(|it| it.expert == expert)
    }

    /// Returns the index of `date` among the pool's days.
    pub(super) fn day(&self, date: NaiveDate) -> Option<usize> {
        let day = usize::try_from((date - self.first).num_days()).ok()?;
        (day < self.days.len()).then_some(day)
    }

    /// Returns the cells of all experts on one day, in the order of the experts.
    pub(super) fn cells(&self, day: usize) -> &[Cell] {
        let from = day * self.members.len();
        self.cells.get(from..from + self.members.len()).unwrap_or_default()
    }

    /// Returns the quarters at which such an appointment can start on one of the pool's days. O(log 64); O(log 64)
    /// for each visit if there are visits.
    pub(super) fn starts(&self, cell: &Cell, footprint: Footprint) -> Day {
        match self.visits(cell) {
            Some(day) if footprint.site.is_some() => day.starts(cell.open, footprint),
            Some(_) | None => footprint.starts(cell.open, cell.busy),
        }
    }

    /// Returns the quarters that are taken by the appointments themselves, without the travel to visits.
    pub(super) fn appointments(&self, cell: &Cell) -> Day {
        self.visits(cell).map_or(cell.busy, BusyDay::appointments)
    }

    fn visits(&self, cell: &Cell) -> Option<&BusyDay> {
        self.visited.get(usize::try_from(cell.visits?.get() - 1).ok()?)
    }

    fn cell(&mut self, day: PoolDay, calendar: &Calendar, taken: &AppointmentCounts) -> Cell {
        let standing = standing(day, calendar, taken);
        let open = match standing {
            DayStatus::Working => calendar.schedule.day(day.date),
            DayStatus::Closed | DayStatus::Absent | DayStatus::DayFull | DayStatus::WeekFull => Day::NONE,
        };
        let busy = calendar.occupied.on(day.date);
        let visits = busy.filter(|it| it.has_visits() && !open.is_empty()).and_then(|it| {
            self.visited.push(it.clone());
            u32::try_from(self.visited.len()).ok().and_then(NonZeroU32::new)
        });
        Cell { open, busy: busy.map(BusyDay::all).unwrap_or_default(), standing, visits }
    }
}

/// The number of appointments that an expert has on each day and in each week.
struct AppointmentCounts {
    by_day: BTreeMap<NaiveDate, u16>,
    by_week: BTreeMap<IsoWeek, u16>,
}

impl AppointmentCounts {
    fn of(calendar: &Calendar) -> Self {
        let mut appointments = Self { by_day: BTreeMap::new(), by_week: BTreeMap::new() };
        for date in &calendar.appointments {
            let day = appointments.by_day.entry(*date).or_default();
            *day = day.saturating_add(1);
            let week = appointments.by_week.entry(date.iso_week()).or_default();
            *week = week.saturating_add(1);
        }
        appointments
    }
}

fn standing(day: PoolDay, calendar: &Calendar, taken: &AppointmentCounts) -> DayStatus {
    let count = |it: Option<&u16>| it.copied().unwrap_or_default();
    if day.closed {
        DayStatus::Closed
    } else if calendar.schedule.is_absent(day.date) {
        DayStatus::Absent
    } else if count(taken.by_day.get(&day.date)) >= calendar.limits.per_day {
        DayStatus::DayFull
    } else if count(taken.by_week.get(&day.date.iso_week())) >= calendar.limits.per_week {
        DayStatus::WeekFull
    } else {
        DayStatus::Working
    }
}
