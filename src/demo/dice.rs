//! Reproducible random choices: everything that a filled database leaves open is decided here.
use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

pub(super) struct Dice(StdRng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Returns true in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// Returns one of `0..count`; 0 if `count` is 0.
    pub fn index(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { self.0.random_range(0..count) }
    }

    pub fn number(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    pub fn hours(&mut self, low: i64, high: i64) -> TimeDelta {
        TimeDelta::seconds(self.number(low * 3600, high * 3600))
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let index = self.index(list.len());
        list.get(index).copied()
    }

    /// Returns one entry of `list`, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, u32)]) -> Option<T> {
        let total: u32 = list.iter().map(|it| it.1).sum();
        let mut left = if total == 0 { 0 } else { self.0.random_range(0..total) };
        list.iter()
            .find(|(_, weight)| {
                let found = left < *weight;
                left = left.saturating_sub(*weight);
                found
            })
            .map(|it| it.0)
    }

    /// Returns a version 7 identifier of that time, so that rows which are created together are stored together.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}
