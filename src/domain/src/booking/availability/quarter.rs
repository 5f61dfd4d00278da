//! Quarter hours: those of a day in Japan, and absolute ones, by which the database keys them.
use std::ops::Range;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// The number of quarter hours in the part of a day that can be booked: 6:00 to 22:00 Japan time.
pub const QUARTERS: u8 = 64;

const SECONDS: i64 = 900;
const QUARTERS_A_DAY: i64 = 96;
/// 6:00 in Japan is 21:00 UTC of the day before.
const FIRST_QUARTER: i64 = -12;

/// Returns the absolute quarter hour that contains `at`, counted from 1970-01-01T00:00Z. O(1).
///
/// Japan keeps no summer time and its offset is whole hours, so the quarter hours of Japan's clocks are those of UTC.
pub fn quarter_index(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SECONDS)
}

/// Returns when the absolute quarter hour `index` begins; `None` beyond the years that `chrono` knows. O(1).
pub fn quarter_start(index: i64) -> Option<DateTime<Utc>> {
    index.checked_mul(SECONDS).and_then(|it| DateTime::from_timestamp(it, 0))
}

/// Returns the absolute quarter hours that the stretches touch: disjoint ranges, as few as possible, earliest first.
///
/// A stretch is half open and not empty. O(n log n).
pub fn touched_quarters(stretches: &[Range<DateTime<Utc>>]) -> Vec<Range<i64>> {
    let mut found: Vec<_> = stretches
        .iter()
        .map(|it| quarter_index(it.start)..quarter_index(it.end - TimeDelta::nanoseconds(1)) + 1)
        .collect();
    found.sort_unstable_by_key(|it| it.start);
    let mut joined: Vec<Range<i64>> = Vec::new();
    for it in found {
        match joined.last_mut() {
            Some(last) if it.start <= last.end => last.end = last.end.max(it.end),
            Some(_) | None => joined.push(it),
        }
    }
    joined
}

/// A bookable start: a day in Japan and a quarter hour of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    date: NaiveDate,
    quarter: u8,
}

impl Slot {
    /// Returns the slot at `quarter`, which counts from 6:00 Japan time; `None` from 22:00 (64) on.
    pub fn new(date: NaiveDate, quarter: u8) -> Option<Self> {
        (quarter < QUARTERS).then_some(Self { date, quarter })
    }

    /// Returns the slot whose quarter hour contains `at`; `None` at night.
    pub fn at(at: DateTime<Utc>) -> Option<Self> {
        Self::from_index(quarter_index(at))
    }

    /// Returns the slot of an absolute quarter hour; `None` at night.
    pub fn from_index(index: i64) -> Option<Self> {
        let since_six = index.checked_sub(FIRST_QUARTER)?;
        let days = i32::try_from(since_six.div_euclid(QUARTERS_A_DAY)).ok()?;
        let date = NaiveDate::from_epoch_days(days)?;
        Self::new(date, u8::try_from(since_six.rem_euclid(QUARTERS_A_DAY)).ok()?)
    }

    /// Returns the day in Japan.
    pub const fn date(self) -> NaiveDate {
        self.date
    }

    /// Returns the quarter hours since 6:00 Japan time, 0 to 63.
    pub const fn quarter(self) -> u8 {
        self.quarter
    }

    /// Returns the absolute quarter hour.
    pub fn index(self) -> i64 {
        grid_start(self.date) + i64::from(self.quarter)
    }

    /// Returns when the slot begins. At the very ends of `chrono`'s years, returns the nearest instant that exists.
    pub fn start(self) -> DateTime<Utc> {
        quarter_start(self.index()).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

/// Returns the absolute quarter hour that begins at 6:00 Japan time on `date`.
pub(super) fn grid_start(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days()) * QUARTERS_A_DAY + FIRST_QUARTER
}

#[cfg(test)]
mod tests {
    use super::{QUARTERS, Slot, quarter_index, quarter_start, touched_quarters};
    use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
    use proptest::prelude::*;

    use crate::calendar::jst;

    proptest! {
        #[test]
        fn a_slot_is_the_clock_of_japan(seconds in -4_000_000_000_i64..8_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            let japan = at.with_timezone(&jst());
            let slot = Slot::at(at);
            prop_assert_eq!(slot.is_some(), (6..22).contains(&japan.hour()));
            if let Some(slot) = slot {
                prop_assert_eq!(slot.date(), japan.date_naive());
                prop_assert_eq!(u32::from(slot.quarter()), (japan.hour() - 6) * 4 + japan.minute() / 15);
                prop_assert!(slot.start() <= at && at < slot.start() + TimeDelta::minutes(15));
                prop_assert_eq!(slot.index(), quarter_index(at));
                prop_assert_eq!(quarter_start(slot.index()), Some(slot.start()));
                prop_assert_eq!(Slot::from_index(slot.index()), Some(slot));
            }
        }

        /// Stretches of any kind become quarters that cover them and touch no other quarter.
        #[test]
        fn quarters_cover_what_is_busy_and_nothing_else(
            spans in prop::collection::vec((0..1_200_000_i64, 1..20_000_i64), 0..12),
        ) {
            let from: DateTime<Utc> = "2026-11-22T15:00:00Z".parse().unwrap();
            let stretch = |(start, length): &(i64, i64)| {
                let start = from + TimeDelta::seconds(*start);
                start..start + TimeDelta::seconds(*length)
            };
            let busy: Vec<_> = spans.iter().map(stretch).collect();
            let quarters = touched_quarters(&busy);
            for pair in quarters.windows(2) {
                prop_assert!(pair[0].end < pair[1].start);
            }
            let first = quarter_index(from);
            for quarter in first..first + 1400 {
                let start = from + TimeDelta::seconds((quarter - first) * 900);
                let touched = busy.iter().any(|it| it.start < start + TimeDelta::seconds(900) && start < it.end);
                prop_assert_eq!(quarters.iter().any(|it| it.contains(&quarter)), touched);
            }
        }
    }

    #[test]
    fn six_in_the_morning_is_quarter_zero_and_nothing_overflows() {
        let at: DateTime<Utc> = "2026-11-23T21:00:00Z".parse().unwrap();
        let slot = Slot::at(at).unwrap();
        assert_eq!((slot.date().to_string(), slot.quarter()), ("2026-11-24".to_owned(), 0));
        assert_eq!(Slot::new(slot.date(), QUARTERS), None);
        assert_eq!(Slot::new(NaiveDate::MIN, 0).map(Slot::start), Some(DateTime::<Utc>::MIN_UTC));
        for index in [i64::MIN, i64::MAX] {
            assert_eq!((Slot::from_index(index), quarter_start(index)), (None, None));
        }
    }

    #[test]
    fn a_stretch_does_not_touch_the_quarter_hour_that_begins_at_its_end() {
        let at = |quarter: i64| quarter_start(quarter).unwrap();
        let touched = |end| -> Vec<i64> { touched_quarters(&[at(100)..end]).into_iter().flatten().collect() };
        assert_eq!(touched(at(101)), [100]);
        assert_eq!(touched(at(101) + TimeDelta::seconds(1)), [100, 101]);
    }
}
