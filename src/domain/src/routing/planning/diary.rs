//! The experts' free time while a plan is made. Every round books a part of it.
use super::{PlanningContext, placement::Placement};
use crate::booking::availability::{BusyDay, Day, Footprint, Slot};
use chrono::{Datelike, NaiveDate};

/// The open and busy time of each expert and day, and how many more appointments there may be.
#[derive(Clone, Debug)]
pub(super) struct Diary {
    pub days: Vec<DiaryDay>,
    /// Expert by expert, with the days of an expert side by side.
    cells: Vec<Cell>,
    /// How many more appointments there may be in each week, expert by expert.
    weeks: Vec<u16>,
    weeks_each: usize,
    /// How many more consultations each expert may have; `given` is how many they were given in this plan.
    pub capacity: Vec<u16>,
    pub given: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct DiaryDay {
    pub date: NaiveDate,
    /// Business days from today.
    pub ahead: u32,
    week: usize,
    in_window: bool,
}

#[derive(Clone, Debug)]
struct Cell {
    open: Day,
    busy: BusyDay,
    capacity: u16,
}

impl Diary {
    /// Builds the diary from today to the end of the window. O(experts × days × rules of an expert).
    pub fn new(context: &PlanningContext<'_>) -> Self {
        let monday = u64::from(context.today.weekday().num_days_from_monday());
        let mut ahead = 0;
        let dates =
            context.today.iter_days().take_while(|it| *it <= context.window.horizon.max(context.today));
        let days: Vec<_> = dates
            .zip(monday..)
            .map(|(date, n)| {
                let is_open = context.business.is_open(date);
                ahead += u32::from(is_open && date > context.today);
                let in_window =
                    is_open && context.window.contains(date) && !context.no_appointments.contains(&date);
                DiaryDay { date, ahead, week: usize::try_from(n / 7).unwrap_or_default(), in_window }
            })
            .collect();
        let weeks_each = days.last().map_or(0, |it| it.week + 1);
        let mut diary = Self {
            days,
            cells: Vec::new(),
            weeks: Vec::new(),
            weeks_each,
            capacity: Vec::new(),
            given: Vec::new(),
        };
        for (expert, calendar) in context.experts.iter().zip(context.calendars) {
            let mut weeks = vec![calendar.limits.per_week; weeks_each];
            let first_monday = context.today - chrono::Days::new(monday);
            for appointment in &calendar.appointments {
                let week = usize::try_from((*appointment - first_monday).num_days().div_euclid(7));
                if let Some(capacity) = week.ok().and_then(|it| weeks.get_mut(it)) {
                    *capacity = capacity.saturating_sub(1);
                }
            }
            for day in &diary.days {
                let appointments = calendar.appointments.iter().filter(|it| **it == day.date).count();
                let appointments = u16::try_from(appointments).unwrap_or(u16::MAX);
                let is_open = context.business.is_open(day.date);
                diary.cells.push(Cell {
                    open: if is_open { calendar.schedule.day(day.date) } else { Day::NONE },
                    busy: calendar.occupied.on(day.date).cloned().unwrap_or_default(),
                    capacity: calendar.limits.per_day.saturating_sub(appointments),
                });
            }
            diary.weeks.extend(weeks);
            diary.capacity.push(expert.open_case_limit.saturating_sub(expert.open_cases));
            diary.given.push(0);
        }
        diary
    }

    /// Returns the quarters at which the expert can start such an appointment on a day. O(1 + visits of the day).
    pub fn starts(&self, expert: usize, day: usize, footprint: Footprint) -> Day {
        let cell = &self.cells[expert * self.days.len() + day];
        let week = self.weeks[expert * self.weeks_each + self.days[day].week];
        if cell.capacity == 0 || week == 0 || self.capacity[expert] == 0 || cell.open.is_empty() {
            return Day::NONE;
        }
        cell.busy.starts(cell.open, footprint)
    }

    /// Returns the days on which an appointment without a chosen time can be planned.
    pub fn window(&self) -> impl Iterator<Item = usize> {
        (0..self.days.len()).filter(|&it| self.days[it].in_window)
    }

    pub fn day(&self, date: NaiveDate) -> Option<usize> {
        let day = usize::try_from((date - self.days.first()?.date).num_days()).ok()?;
        (day < self.days.len()).then_some(day)
    }

    /// Keeps the time of a placement for each of its members, with the travel from and to home, so that it is apart from
    /// every other placement wherever the appointments in them will be.
    pub fn keep(&mut self, placement: &Placement) {
        self.fill(placement, Footprint::at_home);
    }

    /// Books a placement, and counts it as given to its experts.
    pub fn book(&mut self, placement: &Placement) {
        self.fill(placement, |it| it);
        for member in &placement.members {
            self.given[member.expert] += 1;
        }
    }

    fn fill(&mut self, placement: &Placement, taken: impl Fn(Footprint) -> Footprint) {
        for member in &placement.members {
            self.capacity[member.expert] = self.capacity[member.expert].saturating_sub(1);
            if !member.holds {
                self.take(member.expert, placement.day, placement.quarter, taken(member.footprint));
            }
        }
    }

    fn take(&mut self, expert: usize, day: usize, quarter: u8, footprint: Footprint) {
        let (each, week) = (self.days.len(), self.days[day].week);
        let cell = &mut self.cells[expert * each + day];
        if let Some(slot) = Slot::new(self.days[day].date, quarter) {
            cell.busy.take(slot, footprint);
        }
        cell.capacity = cell.capacity.saturating_sub(1);
        let week = &mut self.weeks[expert * self.weeks_each + week];
        *week = week.saturating_sub(1);
    }
}
