//! The free times of a page, grouped by day: each day is one line with the number of its times and opens into
//! morning and afternoon. A list of ten days with fifteen times each would be too long on a telephone.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    booking::availability::Slot,
    wording::{month_day_weekday, time_range},
};

use crate::ops::intake::apply::slot_value;

/// 12:00, in quarter hours since 6:00.
const NOON: u8 = 24;
/// The number of days with free times on one page.
pub const DATES: usize = 10;

/// A day with free times.
#[derive(Clone, Debug)]
pub struct Date {
    pub label: String,
    pub count: usize,
    /// Whether the day is opened: it has the chosen time, or is the first of a page on which none is chosen.
    pub open: bool,
    /// 午前 and 午後, as far as they have a time.
    pub halves: Vec<Half>,
}

#[derive(Clone, Debug)]
pub struct Half {
    pub label: &'static str,
    pub times: Vec<Time>,
}

/// A start that can be chosen.
#[derive(Clone, Debug)]
pub struct Time {
    /// Whether this is the first time of the page, to which an error links.
    pub is_first: bool,
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// Returns the days of one page. `end` returns the end of an appointment that starts at a slot.
pub fn dates(
    days: &[(NaiveDate, Vec<Slot>)],
    end: impl Fn(Slot) -> DateTime<Utc>,
    chosen: Option<Slot>,
) -> Vec<Date> {
    let listed = days.iter().flat_map(|(_, slots)| slots).any(|&it| Some(it) == chosen);
    let first = days.iter().flat_map(|(_, slots)| slots).next();
    let time = |it: &Slot| Time {
        is_first: Some(it) == first,
        value: slot_value(*it),
        label: time_range(it.start(), end(*it)),
        is_chosen: Some(*it) == chosen,
    };
    let half = |label, slots: &[Slot]| Half { label, times: slots.iter().map(time).collect() };
    days.iter()
        .enumerate()
        .map(|(n, (date, slots))| {
            let noon = slots.partition_point(|it| it.quarter() < NOON);
            let (morning, afternoon) = slots.split_at(noon);
            let halves = [half("午前", morning), half("午後", afternoon)];
            Date {
                label: month_day_weekday(*date),
                count: slots.len(),
                open: if listed { slots.iter().any(|&it| Some(it) == chosen) } else { n == 0 },
                halves: halves.into_iter().filter(|it| !it.times.is_empty()).collect(),
            }
        })
        .collect()
}

/// Parses a start as forms send it: an instant at which an appointment can begin.
pub fn parse(raw: &str) -> Option<Slot> {
    let at = DateTime::parse_from_rfc3339(raw).ok()?.to_utc();
    Slot::at(at).filter(|it| it.start() == at)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{Slot, dates, parse, slot_value};

    #[test]
    fn a_day_is_split_at_noon_and_the_chosen_one_is_open() {
        let date = "2026-11-26".parse().unwrap();
        let next = "2026-11-27".parse().unwrap();
        let at = |date, quarter| Slot::new(date, quarter).unwrap();
        let days = [(date, vec![at(date, 22), at(date, 24)]), (next, vec![at(next, 40)])];
        let end = |it: Slot| it.start() + TimeDelta::hours(1);
        let shown = dates(&days, end, None);
        let halves: Vec<_> = shown[0].halves.iter().map(|it| (it.label, it.times.len())).collect();
        assert_eq!(halves, [("午前", 1), ("午後", 1)]);
        assert_eq!((shown[0].count, shown[0].open, shown[1].open), (2, true, false));
        assert_eq!(shown[1].halves.len(), 1);
        assert!(shown[0].halves[0].times[0].is_first && !shown[1].halves[0].times[0].is_first);
        let shown = dates(&days, end, Some(at(next, 40)));
        assert_eq!((shown[0].open, shown[1].open), (false, true));
        assert!(shown[1].halves[0].times[0].is_chosen);
    }

    #[test]
    fn only_a_quarter_hour_of_the_day_is_a_start() {
        let slot = Slot::new("2026-11-26".parse().unwrap(), 12).unwrap();
        assert_eq!(parse(&slot_value(slot)), Some(slot));
        assert_eq!(parse("2026-11-26T09:00:00+09:00"), Some(slot));
        for wrong in ["", "none", "2026-11-26", "2026-11-26T09:07:00+09:00", "2026-11-26T23:00:00+09:00"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
