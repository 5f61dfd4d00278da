//! Expands recurrence rules. A rule is applied in local time of the event's zone, so that nine o'clock stays
//! nine o'clock.
use calcard::icalendar::{ICalendarFrequency, ICalendarRecurrenceRule};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use rrule::{RRule, RRuleSet, Unvalidated};

use super::{Budget, LONGEST_EVENT, Stretch, Unreadable, event::Event, zone::instant};

/// The most repetitions of one rule that are counted from its start: more than a year of minutes, or decades
/// of any usual rule.
const MOST_OF_ONE: u32 = 600_000;
/// The most repetitions in one period of a rule, such as a year. The library lists all of them before it
/// returns the first.
const MOST_OF_PERIOD: usize = 50_000;
/// The most values in all lists of a rule together. Sensible rules have fewer distinct values; the library
/// searches the lists for every day.
const MOST_VALUES: usize = 2_000;

/// Returns the starts of repetitions that overlap the window, including those that an exception removes, and
/// whether they are complete.
pub fn repetitions(
    event: &Event<'_>,
    window: &Stretch,
    budget: &mut Budget<'_>,
) -> Result<(Vec<DateTime<Utc>>, bool), Unreadable> {
    let length = (event.end - event.start).min(LONGEST_EVENT);
    let touches = |start: DateTime<Utc>| start < window.end && start + length > window.start;
    let mut found: Vec<_> = event.added.iter().copied().filter(|it| touches(*it)).collect();
    // The event's own start is always a repetition, even if the rule does not produce it.
    found.extend(Some(event.start).filter(|it| touches(*it)));
    let Some(rule) = event.rule else { return Ok((found, true)) };
    budget.look()?;
    let rules = Some(rule).filter(|it| is_bounded(it)).and_then(|it| rules(event, it));
    let Some(rules) = rules else { return Ok((found, false)) };
    // One day more, because local time never differs from UTC by more than a day.
    let last = window.end.naive_utc() + TimeDelta::days(1);
    let mut whole = true;
    let mut counted = 0;
    for it in &rules {
        budget.step()?;
        counted += 1;
        let local = it.naive_utc();
        if local > last {
            break;
        }
        if counted > MOST_OF_ONE {
            whole = false;
            break;
        }
        if let Some(start) = instant(local, event.zone.tz).filter(|it| touches(*it)) {
            found.push(start);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok((found, whole))
}

/// Returns whether the library can follow the rule in little time and memory.
fn is_bounded(rule: &ICalendarRecurrenceRule) -> bool {
    let days = match rule.freq {
        ICalendarFrequency::Yearly => 366,
        ICalendarFrequency::Monthly => 31,
        ICalendarFrequency::Weekly => 7,
        ICalendarFrequency::Daily
        | ICalendarFrequency::Hourly
        | ICalendarFrequency::Minutely
        | ICalendarFrequency::Secondly => 1,
    };
    let times = [rule.byhour.len(), rule.byminute.len(), rule.bysecond.len()];
    let of_period = times.iter().fold(days, |all: usize, it| all.saturating_mul((*it).max(1)));
    let dates = [
        rule.byday.len(),
        rule.bymonthday.len(),
        rule.byyearday.len(),
        rule.byweekno.len(),
        rule.bymonth.len(),
        rule.bysetpos.len(),
    ];
    of_period <= MOST_OF_PERIOD && times.iter().chain(&dates).sum::<usize>() <= MOST_VALUES
}

/// Returns the rule with its end converted into the same local time as its start.
fn rules(event: &Event<'_>, rule: &ICalendarRecurrenceRule) -> Option<RRuleSet> {
    let clock = |it: NaiveDateTime| rrule::Tz::UTC.from_utc_datetime(&it);
    let endless = ICalendarRecurrenceRule { until: None, ..rule.clone() };
    let mut parsed: RRule<Unvalidated> = endless.to_string().parse().ok()?;
    if let Some(until) = &rule.until {
        let written = until.to_date_time()?;
        let local = match written.offset {
            Some(offset) => {
                (written.date_time - offset).and_utc().with_timezone(&event.zone.tz).naive_local()
            }
            // An end without a time includes the whole day.
            None if until.hour.is_none() => written.date_time + TimeDelta::days(1) - TimeDelta::seconds(1),
            None => written.date_time,
        };
        parsed = parsed.until(clock(local.max(event.local)));
    }
    Some(parsed.build(clock(event.local)).ok()?.limit())
}
