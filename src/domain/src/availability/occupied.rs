//! What is booked already, as the database's cells say it.
use super::day::Day;
use super::quarter::Slot;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One expert's busy quarters: those of every appointment, held or confirmed, with its buffers and travel.
///
/// For an appointment that is being moved, the caller leaves its own cells out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupied(BTreeMap<NaiveDate, Day>);

impl Occupied {
    /// O(log days).
    pub fn day(&self, date: NaiveDate) -> Day {
        self.0.get(&date).copied().unwrap_or_default()
    }
}

impl FromIterator<i64> for Occupied {
    /// From absolute quarter hours, in any order. Those at night, which no footprint has, are passed over.
    fn from_iter<T: IntoIterator<Item = i64>>(cells: T) -> Self {
        let mut days = BTreeMap::<_, Day>::new();
        for slot in cells.into_iter().filter_map(Slot::from_index) {
            let day = days.entry(slot.date()).or_default();
            *day = day.union(Day(1 << slot.quarter()));
        }
        Self(days)
    }
}
