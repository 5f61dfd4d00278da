//! Reads the times when a person is busy from calendars that any program wrote. It ignores what the events
//! are about.
//!
//! Events that cannot be read are counted and skipped. An incomplete calendar is refused as a whole, because
//! the missing part would look free.
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use calcard::{
    Entry, Parser,
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarStatus},
};
use chrono::{DateTime, TimeDelta, Utc};

mod event;
mod repeat;
mod zone;

use event::Event;
use zone::Zones;

/// A stretch of time, half open.
pub type Stretch = Range<DateTime<Utc>>;

/// The most events that one calendar may have.
const MOST_EVENTS: usize = 150_000;
/// The most repetitions that all rules of one calendar together may cause to be computed.
const MOST_STEPS: u32 = 2_000_000;
/// The greatest length of a stretch. Longer events are cut, because no person is away for longer by one
/// event.
const LONGEST_EVENT: TimeDelta = TimeDelta::days(400);

/// A reason why a calendar cannot be used at all; the text is for the person who gave its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The text is not a calendar; it may be a web page.
    #[error(
        "カレンダー（iCalendar形式）ではありません。ログイン画面などのWebページのアドレスではないか、確認してください"
    )]
    NotACalendar,
    /// The end is missing.
    #[error("カレンダーの内容が途中で切れています")]
    CutShort,
    /// There are more events than `MOST_EVENTS`.
    #[error("カレンダーの予定が多すぎます（15万件まで）")]
    TooMany,
    /// Its rules repeat too often to be followed.
    #[error("くり返しの予定が多すぎて、読み取れません")]
    TooMuch,
}

/// The times that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    stretches: Vec<Stretch>,
    /// The number of events that could not be read.
    pub unread: u32,
    /// The number of events in an unknown time zone; they were read in the most likely one.
    pub unknown_zones: u32,
}

/// A reader of one calendar, which is given as a whole or object by object.
pub struct Reader<'a> {
    window: Stretch,
    /// Returns whether the event with this UID is ours; such an event does not count as busy.
    is_ours: &'a dyn Fn(&str) -> bool,
    busy: Busy,
    events: usize,
    budget: Budget<'a>,
}

/// The work that one calendar may still cause.
struct Budget<'a> {
    steps: u32,
    is_late: &'a dyn Fn() -> bool,
}

impl Budget<'_> {
    fn step(&mut self) -> Result<(), Unreadable> {
        self.steps = self.steps.checked_sub(1).ok_or(Unreadable::TooMuch)?;
        // The clock is read only now and then, because reading it may cost more than a step.
        if self.steps.is_multiple_of(64) { self.look() } else { Ok(()) }
    }

    /// Returns [`Unreadable::TooMuch`] if reading has taken too long.
    fn look(&self) -> Result<(), Unreadable> {
        if (self.is_late)() { Err(Unreadable::TooMuch) } else { Ok(()) }
    }
}

impl<'a> Reader<'a> {
    /// Creates a reader that keeps the busy times within `window`.
    ///
    /// Events whose UID satisfies `is_ours` are skipped. `is_late` is called now and then; when it returns
    /// true, reading ends with [`Unreadable::TooMuch`].
    pub fn new(window: Stretch, is_ours: &'a dyn Fn(&str) -> bool, is_late: &'a dyn Fn() -> bool) -> Self {
        let budget = Budget { steps: MOST_STEPS, is_late };
        Self { window, is_ours, busy: Busy::default(), events: 0, budget }
    }

    /// Reads a whole object.
    pub fn read(&mut self, text: &str) -> Result<(), Unreadable> {
        let calendars = parse(text)?;
        for calendar in &calendars {
            self.calendar(calendar)?;
        }
        Ok(())
    }

    /// Returns everything that was read.
    pub fn finish(self) -> Busy {
        self.busy
    }

    fn calendar(&mut self, calendar: &ICalendar) -> Result<(), Unreadable> {
        let zones = Zones::of(calendar);
        let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
        for component in &calendar.components {
            if component.component_type == ICalendarComponentType::VFreebusy {
                self.keep_all(event::periods(component, &zones));
            }
            if component.component_type != ICalendarComponentType::VEvent {
                continue;
            }
            self.events += 1;
            if self.events > MOST_EVENTS {
                return Err(Unreadable::TooMany);
            }
            self.budget.step()?;
            let uid = component.uid().unwrap_or_default();
            if (self.is_ours)(uid) {
                continue;
            }
            match Event::of(component, &zones) {
                Some(event) => {
                    self.busy.unknown_zones += u32::from(event.unknown_zone);
                    groups.entry(uid).or_default().add(event);
                }
                None => self.busy.unread += 1,
            }
        }
        for group in groups.into_values() {
            self.group(&group)?;
        }
        Ok(())
    }

    /// Adds the times of the events of one UID: the repetitions, and the events that replace single
    /// repetitions.
    fn group(&mut self, group: &Group<'_>) -> Result<(), Unreadable> {
        for other in &group.others {
            if other.busy {
                self.keep(other.start, other.end);
            }
        }
        let replaced: BTreeSet<_> = group.others.iter().filter_map(|it| it.replaces).collect();
        let changes: Vec<_> = group.others.iter().filter(|it| it.and_future).collect();
        for first in &group.firsts {
            let (found, whole) = repeat::repetitions(first, &self.window, &mut self.budget)?;
            self.busy.unread += u32::from(!whole);
            for start in found {
                if !first.is_excepted(start) && !replaced.contains(&start) {
                    let (start, length, busy) = as_changed(&changes, first, start);
                    if busy {
                        self.keep(start, start + length);
                    }
                }
            }
        }
        Ok(())
    }

    fn keep_all(&mut self, found: Option<Vec<Stretch>>) {
        match found {
            Some(found) => found.into_iter().for_each(|it| self.keep(it.start, it.end)),
            None => self.busy.unread += 1,
        }
    }

    fn keep(&mut self, start: DateTime<Utc>, end: DateTime<Utc>) {
        let end = end.min(start + LONGEST_EVENT);
        let (start, end) = (start.max(self.window.start), end.min(self.window.end));
        if start < end {
            self.busy.stretches.push(start..end);
        }
    }
}

/// The events of one UID.
#[derive(Default)]
struct Group<'a> {
    firsts: Vec<Event<'a>>,
    /// The events that replace one repetition, or all repetitions from one on.
    others: Vec<Event<'a>>,
}

impl<'a> Group<'a> {
    fn add(&mut self, event: Event<'a>) {
        if event.replaces.is_some() { self.others.push(event) } else { self.firsts.push(event) }
    }
}

/// Returns the start and the length of a repetition and whether it is busy, according to the latest change
/// for "this and all following" before it, if there is one.
fn as_changed(
    changes: &[&Event<'_>],
    first: &Event<'_>,
    start: DateTime<Utc>,
) -> (DateTime<Utc>, TimeDelta, bool) {
    let before = changes.iter().filter(|it| it.replaces.is_some_and(|at| at < start));
    match before.max_by_key(|it| it.replaces) {
        Some(it) => {
            let later = it.replaces.map_or_else(TimeDelta::zero, |at| it.start - at);
            (start + later, it.end - it.start, it.busy)
        }
        None => (start, first.end - first.start, first.busy),
    }
}

impl Busy {
    /// Returns the stretches that are taken, in no order; they may overlap.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }
}

/// Returns when the event with this UID takes place, or `None` if it is cancelled or missing.
pub fn times(text: &str, uid: &str) -> Result<Option<Stretch>, Unreadable> {
    for calendar in &parse(text)? {
        let is_it = |it: &&ICalendarComponent| {
            it.component_type == ICalendarComponentType::VEvent && it.uid() == Some(uid)
        };
        let found = calendar.components.iter().find(is_it);
        if let Some(it) = found
            .filter(|it| it.status() != Some(&ICalendarStatus::Cancelled))
            .and_then(|it| stretch(calendar, it))
        {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

/// Returns when one event of a calendar takes place, using the zones that the calendar names or describes.
pub(crate) fn stretch(calendar: &ICalendar, event: &ICalendarComponent) -> Option<Stretch> {
    Event::of(event, &Zones::of(calendar)).map(|it| it.start..it.end)
}

fn parse(text: &str) -> Result<Vec<ICalendar>, Unreadable> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.get(..15).is_some_and(|it| it.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(Unreadable::NotACalendar);
    }
    // The library would accept a truncated calendar as complete.
    let last = text.trim_end().lines().next_back().unwrap_or_default();
    if !last.trim().eq_ignore_ascii_case("END:VCALENDAR") {
        return Err(Unreadable::CutShort);
    }
    let mut parser = Parser::new(text);
    let mut calendars = Vec::new();
    loop {
        match parser.entry() {
            Entry::ICalendar(it) => calendars.push(it),
            Entry::Eof => return Ok(calendars),
            // Invalid lines between or after the objects are ignored.
            Entry::InvalidLine(_) | Entry::VCard(_) => {}
            Entry::UnterminatedComponent(_) | Entry::UnexpectedComponentEnd { .. } => {
                return Err(Unreadable::CutShort);
            }
            Entry::TooManyComponents => return Err(Unreadable::TooMany),
            // Kinds of entries that a later version of the library may add.
            _ => return Err(Unreadable::NotACalendar),
        }
    }
}

#[cfg(test)]
mod tests;
