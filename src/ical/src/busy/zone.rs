//! Time zones: by their names in any of the usual tongues, else by what the calendar says of them.
use std::collections::BTreeMap;

use calcard::{
    common::{PartialDateTime, timezone::Tz},
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue},
};
use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// What has no zone of its own, and whole days, are meant in Japan.
pub const HOME: Tz = Tz::Tz(chrono_tz::Asia::Tokyo);

/// A zone, and whether it is surely the one that was meant.
#[derive(Clone, Copy)]
pub struct Zone {
    pub tz: Tz,
    pub known: bool,
}

/// The zones that a calendar describes itself.
pub struct Zones<'a>(BTreeMap<&'a str, Zone>);

impl<'a> Zones<'a> {
    pub fn of(calendar: &'a ICalendar) -> Self {
        let described = calendar.timezones().filter_map(|it| {
            // A name that the library knows ("Tokyo Standard Time", Olson with prefixes, Outlook's numbers).
            if let Some((name, tz)) = it.timezone() {
                return Some((name, Zone { tz, known: true }));
            }
            let name = it.property(&ICalendarProperty::Tzid)?.values.first()?.as_text()?;
            Some((name, by_offset(calendar, it)?))
        });
        Self(described.collect())
    }

    /// The zone of a name.
    pub fn get(&self, name: Option<&str>) -> Zone {
        let Some(name) = name else { return Zone { tz: HOME, known: true } };
        if let Some(zone) = self.0.get(name) {
            return *zone;
        }
        // Of a name below somebody's own prefix ("/example.net/Asia/Tokyo") the last two parts.
        let below = name.rmatch_indices('/').nth(1).and_then(|(at, _)| name.get(at + 1..));
        let named = [Some(name), below].into_iter().flatten().find_map(|it| it.parse::<Tz>().ok());
        match named.filter(|it| !it.is_floating()) {
            Some(tz) => Zone { tz, known: true },
            None => Zone { tz: HOME, known: false },
        }
    }
}

/// A zone without summer time is its one offset; of one with it, we take the standard time and say so.
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

/// The instant of a time on the clocks of a zone. Of two the earlier; what the clocks leave out is an hour later.
pub fn instant(at: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let found = match zone.from_local_datetime(&at) {
        LocalResult::Single(it) | LocalResult::Ambiguous(it, _) => Some(it),
        LocalResult::None => zone.from_local_datetime(&(at + TimeDelta::hours(1))).earliest(),
    };
    found.map(|it| it.with_timezone(&Utc))
}
