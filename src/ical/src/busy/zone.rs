//! Finds time zones: by any of their usual names, or else by the description in the calendar.
use std::collections::BTreeMap;

use calcard::{
    common::{PartialDateTime, timezone::Tz},
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue},
};
use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// The zone of times without a zone and of whole days.
pub const HOME: Tz = Tz::Tz(chrono_tz::Asia::Tokyo);

/// A zone, and whether it is certainly the one that the calendar means.
#[derive(Clone, Copy)]
pub struct Zone {
    pub tz: Tz,
    pub known: bool,
}

/// The zones that a calendar describes.
pub struct Zones<'a>(BTreeMap<&'a str, Zone>);

impl<'a> Zones<'a> {
    pub fn of(calendar: &'a ICalendar) -> Self {
        let described = calendar.timezones().filter_map(|it| {
            // The library knows the name ("Tokyo Standard Time", Olson names with prefixes, Outlook's
            // numbers).
            if let Some((name, tz)) = it.timezone() {
                return Some((name, Zone { tz, known: true }));
            }
            let name = it.property(&ICalendarProperty::Tzid)?.values.first()?.as_text()?;
            Some((name, by_offset(calendar, it)?))
        });
        Self(described.collect())
    }

    /// Returns the zone with this name, or `HOME` without a name or for an unknown one.
    pub fn get(&self, name: Option<&str>) -> Zone {
        let Some(name) = name else { return Zone { tz: HOME, known: true } };
        if let Some(zone) = self.0.get(name) {
            return *zone;
        }
        // If the name has a vendor's prefix ("/example.net/Asia/Tokyo"), only its last two parts are used.
        let below = name.rmatch_indices('/').nth(1).and_then(|(at, _)| name.get(at + 1..));
        let named = [Some(name), below].into_iter().flatten().find_map(|it| it.parse::<Tz>().ok());
        match named.filter(|it| !it.is_floating()) {
            Some(tz) => Zone { tz, known: true },
            None => Zone { tz: HOME, known: false },
        }
    }
}

/// Returns a described zone as its standard offset. For a zone with summer time, the result is marked as not
/// known.
fn by_offset(calendar: &ICalendar, zone: &ICalendarComponent) -> Option<Zone> {
    let parts = || zone.component_ids.iter().filter_map(|it| calendar.component_by_id(*it));
    let of = |kind: ICalendarComponentType| parts().filter(move |it| it.component_type == kind);
    let standard = of(ICalendarComponentType::Standard).next_back()?;
    let written = standard.property(&ICalendarProperty::Tzoffsetto)?.values.first()?;
    let ICalendarValue::PartialDateTime(written) = written else { return None };
    let offset = offset(written)?;
    let known = of(ICalendarComponentType::Daylight).next().is_none();
    Some(Zone { tz: Tz::Fixed(offset), known })
}

fn offset(it: &PartialDateTime) -> Option<FixedOffset> {
    let seconds = i32::from(it.tz_hour?) * 3600 + i32::from(it.tz_minute.unwrap_or(0)) * 60;
    if it.tz_minus { FixedOffset::west_opt(seconds) } else { FixedOffset::east_opt(seconds) }
}

/// Converts local time of a zone into an instant. Of two possible instants it returns the earlier; a local
/// time that the zone skips is moved by an hour.
pub fn instant(at: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = match zone.from_local_datetime(&at) {
        LocalResult::Single(it) | LocalResult::Ambiguous(it, _) => Some(it),
        LocalResult::None => zone.from_local_datetime(&(at + TimeDelta::hours(1))).earliest(),
    };
    found.map(|it| it.with_timezone(&Utc))
}
