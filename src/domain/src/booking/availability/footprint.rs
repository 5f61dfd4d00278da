//! The part of an expert's day that one appointment takes.
//!
//! Every appointment has a place. An online appointment is at the expert's home, and so are the busy times of
//! external calendars and appointments at an unknown place; a visit is in its prefecture. Between two appointments of
//! one expert there must be the buffer after the first and the travel between their places: none from home to home,
//! else the time that the settings give for the [`Distance`]. Before the first and after the last appointment of a
//! day there is the travel from and to home.
//!
//! No detour is shorter than the direct way ([`Settings::check`]). So it is enough to look at neighbours, and two
//! appointments that are possible with a third one between them stay possible when the third one is cancelled.
use super::{
    day::Day,
    quarter::{QUARTERS, Slot, grid_start},
};
use crate::{booking::appointment::AppointmentMode, prefecture::Prefecture, settings::Settings};
use std::ops::Range;

/// An appointment with the time that must be free around it. All in quarter hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Footprint {
    /// The travel from home.
    pub before: u8,
    pub length: u8,
    /// The travel home, or the buffer.
    pub after: u8,
    /// The place of a visit; `None` stands for the expert's home. Beside another visit, the travel from and to home
    /// is not needed.
    pub site: Option<Site>,
}

/// The place of a visit, and the travel times from there to other visits. Quarter hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    pub prefecture: Prefecture,
    same: u8,
    near: u8,
    far: u8,
}

/// The distance that an expert travels to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distance {
    SamePrefecture,
    /// The same or a neighbouring region; see [`crate::prefecture::Region::is_near`].
    NearRegion,
    Far,
}

impl Distance {
    /// Returns the distance between two places. An unknown place counts as far: a day that is planned too wide can be
    /// narrowed later.
    pub fn between(home: Option<Prefecture>, site: Option<Prefecture>) -> Self {
        match (home, site) {
            (Some(home), Some(site)) if home == site => Self::SamePrefecture,
            (Some(home), Some(site)) if home.region().is_near(site.region()) => Self::NearRegion,
            (Some(_) | None, Some(_) | None) => Self::Far,
        }
    }
}

impl Site {
    pub fn new(prefecture: Prefecture, settings: &Settings) -> Self {
        let way = |distance| way(settings, distance);
        Self {
            prefecture,
            same: way(Distance::SamePrefecture),
            near: way(Distance::NearRegion),
            far: way(Distance::Far),
        }
    }

    /// Returns the travel time to another company. Quarter hours.
    pub fn way_to(self, other: Prefecture) -> u8 {
        match Distance::between(Some(self.prefecture), Some(other)) {
            Distance::SamePrefecture => self.same,
            Distance::NearRegion => self.near,
            Distance::Far => self.far,
        }
    }
}

impl Footprint {
    /// Returns the footprint for an expert who lives in `home`. `site` matters for a visit only.
    pub fn new(
        mode: AppointmentMode,
        home: Option<Prefecture>,
        site: Option<Prefecture>,
        settings: &Settings,
    ) -> Self {
        match mode {
            AppointmentMode::Online => Self::online(settings),
            AppointmentMode::Visit => Self::visit(settings, home, site),
        }
    }

    /// Returns the footprint of an online appointment: nothing before it, the settings' buffer after it.
    pub fn online(settings: &Settings) -> Self {
        Self {
            before: 0,
            length: quarters(settings.online_minutes),
            after: quarters(settings.online_buffer_minutes),
            site: None,
        }
    }

    /// Returns the footprint of a visit: the travel there before it, the travel back after it.
    pub fn visit(settings: &Settings, home: Option<Prefecture>, site: Option<Prefecture>) -> Self {
        let way = way(settings, Distance::between(home, site));
        Self {
            before: way,
            length: quarters(settings.visit_minutes),
            after: way,
            site: site.map(|it| Site::new(it, settings)),
        }
    }

    /// Returns the footprint as if the appointment were at home: with its full travel, whatever appointment is beside
    /// it.
    pub const fn at_home(self) -> Self {
        Self { site: None, ..self }
    }

    /// Returns whether there is room between this visit from `start` on and another visit, to `site` at the absolute
    /// quarter hours `appointment`. Always false if this appointment has no site. Unless both are visits, the
    /// [`Footprint::cells`] say what an appointment needs. O(1).
    pub fn leaves_room(self, start: Slot, site: Prefecture, appointment: &Range<i64>) -> bool {
        let mine = self.appointment(start);
        self.site
            .map(|it| i64::from(it.way_to(site)))
            .is_some_and(|way| mine.end + way <= appointment.start || appointment.end + way <= mine.start)
    }

    /// Returns the quarters at which such an appointment can start on a day on which all other appointments are at
    /// home. O(log 64).
    pub const fn starts(self, open: Day, busy: Day) -> Day {
        open.starts_for(self.length, self.before, self.after, busy)
    }

    /// Returns the absolute quarter hours (see [`super::quarter_index`]) of the appointment itself.
    pub fn appointment(self, start: Slot) -> Range<i64> {
        start.index()..start.index() + i64::from(self.length)
    }

    /// Returns the absolute quarter hours that an appointment from `start` on takes from its expert, with its travel
    /// and buffers.
    ///
    /// Clipped to 6:00–22:00 of that day: the night cannot be booked, so nothing has to be kept free in it.
    pub fn cells(self, start: Slot) -> Range<i64> {
        let day = grid_start(start.date());
        let first = start.index() - i64::from(self.before);
        let end = start.index() + i64::from(self.length) + i64::from(self.after);
        first.max(day)..end.min(day + i64::from(QUARTERS))
    }
}

fn way(settings: &Settings, distance: Distance) -> u8 {
    quarters(match distance {
        Distance::SamePrefecture => settings.travel_same_prefecture_minutes,
        Distance::NearRegion => settings.travel_near_region_minutes,
        Distance::Far => settings.travel_far_minutes,
    })
}

/// Converts minutes to quarter hours, rounded up so that no minute is lost. Settings beyond a day give a length that
/// fits nowhere.
fn quarters(minutes: u16) -> u8 {
    u8::try_from(minutes.div_ceil(15)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
