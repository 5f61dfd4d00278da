//! Counts how often the pages of the guide are opened, in memory until a job writes the numbers down: looking at a page
//! changes no row. Nothing of a reader is kept, neither a cookie nor an address.
use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, PoisonError},
};

use chrono::NaiveDate;
use domain::id::PublicationId;

/// The openings that were not written down yet, by entry and day.
#[derive(Debug, Default)]
pub struct Readers(Mutex<BTreeMap<(PublicationId, NaiveDate), i64>>);

impl Readers {
    /// Counts one opening.
    pub fn count(&self, entry: PublicationId, day: NaiveDate) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((entry, day)).or_default() += 1;
    }

    /// Takes the openings since the last time.
    pub fn take(&self) -> BTreeMap<(PublicationId, NaiveDate), i64> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts openings back that could not be written down.
    pub fn put_back(&self, openings: BTreeMap<(PublicationId, NaiveDate), i64>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, count) in openings {
            *kept.entry(key).or_default() += count;
        }
    }
}
