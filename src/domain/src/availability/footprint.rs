//! How much of an expert's day one session takes.
use super::day::Day;
use super::quarter::{QUARTERS, Slot, grid_start};
use crate::prefecture::Prefecture;
use crate::settings::Settings;
use std::ops::Range;

/// A session with what must be free around it. All in quarter hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Footprint {
    pub before: u8,
    pub length: u8,
    pub after: u8,
}

/// How far an expert travels to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    SamePrefecture,
    /// The same or a neighbouring region, see [`crate::prefecture::Region::is_near`].
    NearRegion,
    Far,
}

impl Distance {
    /// A place that is not known counts as far: a day that is planned too wide can be narrowed later.
    pub fn between(home: Option<Prefecture>, site: Option<Prefecture>) -> Self {
        match (home, site) {
            (Some(home), Some(site)) if home == site => Self::SamePrefecture,
            (Some(home), Some(site)) if home.region().is_near(site.region()) => Self::NearRegion,
            (Some(_) | None, Some(_) | None) => Self::Far,
        }
    }
}

impl Footprint {
    /// Nothing before, the settings' buffer after.
    pub fn online(settings: &Settings) -> Self {
        Self {
            before: 0,
            length: quarters(settings.online_minutes),
            after: quarters(settings.online_buffer_minutes),
        }
    }

    /// The way there before, the way back after.
    pub fn visit(settings: &Settings, distance: Distance) -> Self {
        let travel = quarters(match distance {
            Distance::SamePrefecture => settings.travel_same_prefecture_minutes,
            Distance::NearRegion => settings.travel_near_region_minutes,
            Distance::Far => settings.travel_far_minutes,
        });
        Self { before: travel, length: quarters(settings.visit_minutes), after: travel }
    }

    /// Where such a session can start on a day. O(log 64).
    pub const fn starts(self, open: Day, busy: Day) -> Day {
        open.starts_for(self.length, self.before, self.after, busy)
    }

    /// The absolute quarter hours (see [`super::quarter_index`]) that a session from `start` takes from its expert.
    ///
    /// Clipped to 6:00–22:00 of that day: the night cannot be booked, so nothing has to be kept free in it.
    pub fn cells(self, start: Slot) -> Range<i64> {
        let day = grid_start(start.date());
        let first = start.index() - i64::from(self.before);
        let end = start.index() + i64::from(self.length) + i64::from(self.after);
        first.max(day)..end.min(day + i64::from(QUARTERS))
    }
}

/// Rounded up, so that no minute is lost. Settings beyond a day give a length that fits nowhere.
fn quarters(minutes: u16) -> u8 {
    u8::try_from(minutes.div_ceil(15)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
