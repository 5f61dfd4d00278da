//! What is booked already, as the database's cells say it.
use super::day::Day;
use super::footprint::{Footprint, Site};
use super::quarter::Slot;
use crate::prefecture::Prefecture;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::Range;

/// One expert's busy days: every appointment, held or confirmed, with its buffers and ways, and calendars outside.
///
/// For an appointment that is being moved, the caller leaves its own cells out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupied(BTreeMap<NaiveDate, BusyDay>);

/// What is taken of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BusyDay {
    /// By what is at home, with its buffers.
    at_home: Day,
    visits: Vec<Visit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Visit {
    site: Prefecture,
    session: Day,
    /// With the ways from and to home.
    cells: Day,
}

impl Occupied {
    /// All quarters of a day that are taken by anything. O(log days + visits of the day).
    pub fn day(&self, date: NaiveDate) -> Day {
        self.on(date).map(BusyDay::all).unwrap_or_default()
    }

    /// What a day is taken by; nothing where that is nothing. O(log days).
    pub fn on(&self, date: NaiveDate) -> Option<&BusyDay> {
        self.0.get(&date)
    }

    /// Adds a session from `start` on. O(log days).
    pub fn take(&mut self, start: Slot, footprint: Footprint) {
        self.0.entry(start.date()).or_default().take(start, footprint);
    }

    /// Adds a visit by its absolute quarter hours: the session, and all that it takes on that day.
    pub fn visit(&mut self, site: Prefecture, session: Range<i64>, cells: impl IntoIterator<Item = i64>) {
        let Some(start) = Slot::from_index(session.start) else { return self.extend(cells) };
        self.0.entry(start.date()).or_default().visits.push(Visit {
            site,
            session: on(start.date(), session),
            cells: on(start.date(), cells),
        });
    }
}

impl Extend<i64> for Occupied {
    /// By absolute quarter hours that something at home takes, in any order. Those at night, which no footprint has, are
    /// passed over.
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
    /// Every quarter that is taken. O(visits).
    pub fn all(&self) -> Day {
        self.visits.iter().fold(self.at_home, |day, it| day.union(it.cells))
    }

    /// The same without the ways. O(visits).
    pub(super) fn sittings(&self) -> Day {
        self.visits.iter().fold(self.at_home, |day, it| day.union(it.session))
    }

    pub(super) const fn has_visits(&self) -> bool {
        !self.visits.is_empty()
    }

    /// Where such a session can start: from home and back beside what is at home, and by the direct way beside another
    /// visit. O(visits × log 64).
    pub fn starts(&self, open: Day, footprint: Footprint) -> Day {
        let Some(site) = footprint.site else { return footprint.starts(open, self.all()) };
        self.visits.iter().fold(footprint.starts(open, self.at_home), |starts, it| {
            let way = site.way_to(it.site);
            starts.intersection(open.starts_for(footprint.length, way, way, it.session))
        })
    }

    /// Adds a session from `start` on, which is on this day.
    pub fn take(&mut self, start: Slot, footprint: Footprint) {
        let cells = on(start.date(), footprint.cells(start));
        match footprint.site {
            Some(Site { prefecture: site, .. }) => {
                let session = on(start.date(), footprint.session(start));
                self.visits.push(Visit { site, session, cells });
            }
            None => self.at_home = self.at_home.union(cells),
        }
    }
}

/// The absolute quarter hours that are on `date`.
fn on(date: NaiveDate, cells: impl IntoIterator<Item = i64>) -> Day {
    let slots = cells.into_iter().filter_map(Slot::from_index).filter(|it| it.date() == date);
    slots.fold(Day::NONE, |day, it| day.union(Day(1 << it.quarter())))
}

#[cfg(test)]
pub(crate) mod tests;
