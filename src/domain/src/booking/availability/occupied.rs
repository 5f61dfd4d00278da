//! The time that is already booked, as the database's cells say.
use super::day::Day;
use super::footprint::{Footprint, Site};
use super::quarter::Slot;
use crate::prefecture::Prefecture;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::Range;

/// The busy days of one expert: every appointment, held or confirmed, with its buffers and travel, and the busy times
/// of external calendars.
///
/// For an appointment that is being moved, the caller leaves its own cells out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupied(BTreeMap<NaiveDate, BusyDay>);

/// The quarters of one day that are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusyDay {
    /// The quarters that appointments at home and external calendars take, with buffers.
    at_home: Day,
    visits: Vec<Visit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Visit {
    site: Prefecture,
    appointment: Day,
    /// The quarters of the visit with the travel from and to home.
    cells: Day,
}

impl Occupied {
    /// Returns all quarters of a day that are taken. O(log days + visits of the day).
    pub fn day(&self, date: NaiveDate) -> Day {
        self.on(date).map(BusyDay::all).unwrap_or_default()
    }

    /// Returns the taken quarters of a day; `None` if there are none. O(log days).
    pub fn on(&self, date: NaiveDate) -> Option<&BusyDay> {
        self.0.get(&date)
    }

    /// Adds an appointment from `start` on. O(log days).
    pub fn take(&mut self, start: Slot, footprint: Footprint) {
        self.0.entry(start.date()).or_default().take(start, footprint);
    }

    /// Adds a visit by its absolute quarter hours: `appointment` is the appointment itself, and `cells` is all that it
    /// takes on that day.
    pub fn visit(&mut self, site: Prefecture, appointment: Range<i64>, cells: impl IntoIterator<Item = i64>) {
        let Some(start) = Slot::from_index(appointment.start) else { return self.extend(cells) };
        self.0.entry(start.date()).or_default().visits.push(Visit {
            site,
            appointment: on(start.date(), appointment),
            cells: on(start.date(), cells),
        });
    }
}

impl Extend<i64> for Occupied {
    /// Adds the absolute quarter hours that an appointment at home or an external calendar takes, in any order.
    /// Quarter hours at night, which no footprint has, are skipped.
    fn extend<T: IntoIterator<Item = i64>>(&mut self, cells: T) {
        for slot in cells.into_iter().filter_map(Slot::from_index) {
            let day = self.0.entry(slot.date()).or_default();
            day.at_home = day.at_home.union(Day(1 << slot.quarter()));
        }
    }
}

impl FromIterator<i64> for Occupied {
    fn from_iter<T: IntoIterator<Item = i64>>(cells: T) -> Self {
        let mut occupied = Self::default();
        occupied.extend(cells);
        occupied
    }
}

impl BusyDay {
    /// Returns every quarter that is taken. O(visits).
    pub fn all(&self) -> Day {
        self.visits.iter().fold(self.at_home, |day, it| day.union(it.cells))
    }

    /// Returns every quarter that is taken, without the travel to visits. O(visits).
    pub(super) fn appointments(&self) -> Day {
        self.visits.iter().fold(self.at_home, |day, it| day.union(it.appointment))
    }

    pub(super) const fn has_visits(&self) -> bool {
        !self.visits.is_empty()
    }

    /// Returns the quarters at which such an appointment can start: with the travel from and to home beside
    /// appointments at home, and with the direct way beside another visit. O(visits × log 64).
    pub fn starts(&self, open: Day, footprint: Footprint) -> Day {
        let Some(site) = footprint.site else { return footprint.starts(open, self.all()) };
        self.visits.iter().fold(footprint.starts(open, self.at_home), |starts, it| {
            let way = site.way_to(it.site);
            starts.intersection(open.starts_for(footprint.length, way, way, it.appointment))
        })
    }

    /// Adds an appointment from `start` on, which is on this day.
    pub fn take(&mut self, start: Slot, footprint: Footprint) {
        let cells = on(start.date(), footprint.cells(start));
        match footprint.site {
            Some(Site { prefecture: site, .. }) => {
                let appointment = on(start.date(), footprint.appointment(start));
                self.visits.push(Visit { site, appointment, cells });
            }
            None => self.at_home = self.at_home.union(cells),
        }
    }
}

/// Returns the quarters of the absolute quarter hours `cells` that are on `date`.
fn on(date: NaiveDate, cells: impl IntoIterator<Item = i64>) -> Day {
    let slots = cells.into_iter().filter_map(Slot::from_index).filter(|it| it.date() == date);
    slots.fold(Day::NONE, |day, it| day.union(Day(1 << it.quarter())))
}

#[cfg(test)]
pub(crate) mod tests;
