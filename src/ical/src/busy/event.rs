//! Reads the times of VEVENT and VFREEBUSY components.
use std::collections::BTreeSet;

use calcard::{
    common::PartialDateTime,
    icalendar::{
        ICalendarComponent, ICalendarEntry, ICalendarParameterName, ICalendarPeriod, ICalendarProperty,
        ICalendarRecurrenceRule, ICalendarStatus, ICalendarTransparency, ICalendarValue,
    },
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::{
    LONGEST_EVENT, Stretch,
    zone::{HOME, Zone, Zones, instant},
};

pub struct Event<'a> {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The start in local time of the event's zone, from which a rule repeats.
    pub local: NaiveDateTime,
    pub zone: Zone,
    pub busy: bool,
    pub unknown_zone: bool,
    pub rule: Option<&'a ICalendarRecurrenceRule>,
    /// Additional starts (RDATE) beside those of the rule.
    pub added: Vec<DateTime<Utc>>,
    excepted: BTreeSet<DateTime<Utc>>,
    /// Days without a repetition (EXDATE without a time), as dates in the event's zone.
    excepted_days: BTreeSet<NaiveDate>,
    /// The start of the repetition that this event replaces.
    pub replaces: Option<DateTime<Utc>>,
    /// Whether it also replaces all later repetitions.
    pub and_future: bool,
}

/// A date, with or without a time, as it is written in the calendar.
struct When {
    at: NaiveDateTime,
    has_time: bool,
    instant: DateTime<Utc>,
    zone: Zone,
}

impl<'a> Event<'a> {
    /// Reads an event. Returns `None` if it has no start or ends before its start.
    pub fn of(component: &'a ICalendarComponent, zones: &Zones<'_>) -> Option<Self> {
        let replaces = component.property(&ICalendarProperty::RecurrenceId);
        let start = component.property(&ICalendarProperty::Dtstart).or(replaces)?;
        let start = first(start, zones, None)?;
        let own_zone = Some(start.zone);
        let length = length(component, zones, &start)?.min(LONGEST_EVENT);
        let cancelled = component.status() == Some(&ICalendarStatus::Cancelled);
        let transparent = component.transparency() == Some(&ICalendarTransparency::Transparent);
        let rule = component.property(&ICalendarProperty::Rrule).and_then(|it| {
            let ICalendarValue::RecurrenceRule(rule) = it.values.first()? else { return None };
            Some(rule.as_ref())
        });
        let all =
            |name| component.properties(name).flat_map(|it| whens(it, zones, own_zone)).collect::<Vec<_>>();
        let excepted = all(&ICalendarProperty::Exdate);
        Some(Self {
            start: start.instant,
            end: start.instant + length,
            local: start.at,
            zone: start.zone,
            busy: !cancelled && !transparent,
            unknown_zone: !start.zone.known,
            rule,
            added: all(&ICalendarProperty::Rdate).into_iter().map(|it| it.instant).collect(),
            excepted_days: excepted.iter().filter(|it| !it.has_time).map(|it| it.at.date()).collect(),
            excepted: excepted.into_iter().map(|it| it.instant).collect(),
            replaces: match replaces {
                Some(it) => Some(first(it, zones, own_zone)?.instant),
                None => None,
            },
            and_future: replaces.is_some_and(|it| it.has_parameter(&ICalendarParameterName::Range)),
        })
    }

    pub fn is_excepted(&self, start: DateTime<Utc>) -> bool {
        let day = || start.with_timezone(&self.zone.tz).date_naive();
        self.excepted.contains(&start)
            || !self.excepted_days.is_empty() && self.excepted_days.contains(&day())
    }
}

/// Returns the busy times of a VFREEBUSY, or `None` if it cannot be read.
pub fn periods(component: &ICalendarComponent, zones: &Zones<'_>) -> Option<Vec<Stretch>> {
    let mut found = Vec::new();
    for entry in component.properties(&ICalendarProperty::Freebusy) {
        let kind = entry.parameters(&ICalendarParameterName::Fbtype).find_map(|it| it.as_text());
        if kind.is_some_and(|it| it.eq_ignore_ascii_case("FREE")) {
            continue;
        }
        for value in &entry.values {
            let ICalendarValue::Period(period) = value else { return None };
            found.push(match period {
                ICalendarPeriod::Range { start, end } => {
                    when(start, zones, None, None)?.instant..when(end, zones, None, None)?.instant
                }
                ICalendarPeriod::Duration { start, duration } => {
                    let start = when(start, zones, None, None)?.instant;
                    start..start + duration.to_time_delta()?.clamp(TimeDelta::zero(), LONGEST_EVENT)
                }
            });
        }
    }
    Some(found)
}

/// Returns the length of an event: until its end, else its stated duration, else the whole day for a date,
/// else zero (RFC 5545 §3.6.1).
fn length(component: &ICalendarComponent, zones: &Zones<'_>, start: &When) -> Option<TimeDelta> {
    if let Some(end) = component.property(&ICalendarProperty::Dtend) {
        let length = first(end, zones, Some(start.zone))?.instant - start.instant;
        return (length >= TimeDelta::zero()).then_some(length);
    }
    if let Some(duration) = component.property(&ICalendarProperty::Duration) {
        let ICalendarValue::Duration(it) = duration.values.first()? else { return None };
        return it.to_time_delta().filter(|it| *it >= TimeDelta::zero());
    }
    Some(if start.has_time { TimeDelta::zero() } else { TimeDelta::days(1) })
}

fn first(entry: &ICalendarEntry, zones: &Zones<'_>, own: Option<Zone>) -> Option<When> {
    let ICalendarValue::PartialDateTime(it) = entry.values.first()? else { return None };
    when(it, zones, entry.tz_id(), own)
}

fn whens(entry: &ICalendarEntry, zones: &Zones<'_>, own: Option<Zone>) -> Vec<When> {
    let starts = entry.values.iter().filter_map(|value| {
        if let ICalendarValue::Period(
            ICalendarPeriod::Range { start, .. } | ICalendarPeriod::Duration { start, .. },
        ) = value
        {
            return Some(start);
        }
        let ICalendarValue::PartialDateTime(it) = value else { return None };
        Some(it.as_ref())
    });
    starts.filter_map(|it| when(it, zones, entry.tz_id(), own)).collect()
}

fn when(it: &PartialDateTime, zones: &Zones<'_>, name: Option<&str>, own: Option<Zone>) -> Option<When> {
    let found = it.to_date_time()?;
    let has_time = it.hour.is_some();
    let zone = match found.offset {
        Some(offset) => Zone { tz: calcard::common::timezone::Tz::Fixed(offset), known: true },
        None if !has_time => Zone { tz: HOME, known: true },
        None => match (name, own) {
            (None, Some(own)) => own,
            (name, _) => zones.get(name),
        },
    };
    Some(When { at: found.date_time, has_time, instant: instant(found.date_time, zone.tz)?, zone })
}
