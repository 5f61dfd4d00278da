//! The starts that a company can choose from: with one expert, any of many, or one for each field together.
use super::day::Day;
use super::footprint::Footprint;
use super::pool::Pool;
use super::quarter::Slot;
use crate::field::Fields;
use crate::id::ExpertId;
use chrono::NaiveDate;

/// The days on which an appointment may take place. Every date is included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first day after the minimum notice, which counts business days.
    pub earliest: NaiveDate,
    /// The last day of the booking horizon.
    pub horizon: NaiveDate,
    /// The last day of the programme's appointments, unless a coordinator has overridden it.
    pub last_appointment: Option<NaiveDate>,
}

/// A search for the starts of an appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotQuery {
    /// For both fields: one expert who has both, or one of each at the same time.
    pub fields: Fields,
    /// For each expert, at their place in the pool, the part of their day that an appointment would take; travel
    /// makes it differ. If it is `None` or missing, this expert cannot give the appointment at any time.
    pub footprints: Vec<Option<Footprint>>,
    pub window: Window,
    /// The starts to offer: [`Day::HALF_HOURS`] to companies, [`Day::ALL`] to staff.
    pub starts: Day,
}

/// The experts who can give an appointment at one slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teams {
    /// The experts who each have every field that is asked for.
    pub alone: Vec<ExpertId>,
    /// If both fields are asked for, the experts with ICT only; `labor` has the experts with labour management only.
    pub ict: Vec<ExpertId>,
    pub labor: Vec<ExpertId>,
}

impl Teams {
    pub const fn is_empty(&self) -> bool {
        self.alone.is_empty() && (self.ict.is_empty() || self.labor.is_empty())
    }

    /// Returns every (ICT, labour) pair. An expert who has both fields is in no pair.
    pub fn pairs(&self) -> impl Iterator<Item = (ExpertId, ExpertId)> {
        self.ict.iter().flat_map(|&ict| self.labor.iter().map(move |&labor| (ict, labor)))
    }
}

impl Window {
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.earliest <= date && date <= self.horizon && self.last_appointment.is_none_or(|it| date <= it)
    }
}

impl Pool {
    /// Returns the days with a start, earliest first, each with its starts. O(experts × days).
    pub fn search(&self, ask: &SlotQuery) -> Vec<(NaiveDate, Day)> {
        self.days
            .iter()
            .map(|it| (it.date, self.starts_on(ask, it.date)))
            .filter(|(_, starts)| !starts.is_empty())
            .collect()
    }

    /// Returns the starts on one day. O(experts).
    pub fn starts_on(&self, ask: &SlotQuery, date: NaiveDate) -> Day {
        let (mut ict, mut labor, mut both) = (Day::NONE, Day::NONE, Day::NONE);
        for (fields, _, starts) in self.free(ask, date, ask.starts) {
            let of = match fields {
                Fields::Ict => &mut ict,
                Fields::Labor => &mut labor,
                Fields::Both => &mut both,
            };
            *of = of.union(starts);
        }
        match ask.fields {
            Fields::Ict => ict.union(both),
            Fields::Labor => labor.union(both),
            Fields::Both => both.union(ict.intersection(labor)),
        }
    }

    /// Returns the earliest start at or after `from`. O(experts × days until then).
    pub fn next_start(&self, ask: &SlotQuery, from: Slot) -> Option<Slot> {
        self.days.iter().filter(|it| it.date >= from.date()).find_map(|it| {
            let starts = self.starts_on(ask, it.date);
            let starts = if it.date == from.date() { starts.from(from.quarter()) } else { starts };
            Slot::new(it.date, starts.first()?)
        })
    }

    /// Returns the starts of the expert at `place` on one day, whatever their fields. O(1 + visits of the day).
    pub fn starts_of(&self, ask: &SlotQuery, place: usize, date: NaiveDate) -> Day {
        let footprint = ask.footprints.get(place).copied().flatten();
        let cell = self.day(date).and_then(|day| self.cells(day).get(place));
        match (footprint, cell) {
            (Some(footprint), Some(cell)) if ask.window.contains(date) => {
                self.starts(cell, footprint).intersection(ask.starts)
            }
            (Some(_) | None, Some(_) | None) => Day::NONE,
        }
    }

    /// Returns the experts who can give the appointment at `slot`, in the order of the pool. `slot` may lie between
    /// the starts on offer. O(experts).
    pub fn teams_at(&self, ask: &SlotQuery, slot: Slot) -> Teams {
        let mut teams = Teams::default();
        for (fields, expert, _) in self.free(ask, slot.date(), Day(1 << slot.quarter())) {
            if fields.covers(ask.fields) {
                teams.alone.push(expert);
            } else if ask.fields == Fields::Both {
                match fields {
                    Fields::Ict => teams.ict.push(expert),
                    Fields::Labor => teams.labor.push(expert),
                    Fields::Both => teams.alone.push(expert),
                }
            }
        }
        teams
    }

    /// Returns the experts with a start among `starts` on `date`, with their fields and these starts.
    fn free<'a>(
        &'a self,
        ask: &'a SlotQuery,
        date: NaiveDate,
        starts: Day,
    ) -> impl Iterator<Item = (Fields, ExpertId, Day)> + 'a {
        let cells =
            self.day(date).filter(|_| ask.window.contains(date)).map_or(&[][..], |day| self.cells(day));
        cells.iter().zip(&self.members).zip(&ask.footprints).filter_map(move |((cell, member), footprint)| {
            // Most days of most experts are skipped here.
            if cell.open.is_empty() {
                return None;
            }
            let starts = self.starts(cell, (*footprint)?).intersection(starts);
            (!starts.is_empty()).then_some((member.fields, member.expert, starts))
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
