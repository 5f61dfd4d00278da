//! Writes and reads calendar objects (iCalendar, RFC 5545).
//!
//! The crate writes entries to download ([`entry`]), entries in a collection ([`resource`]), feeds ([`Feed`])
//! and invitations ([`invite`]). It reads the times when a person is busy ([`busy`]) and the answers to
//! invitations ([`reply`]).
//!
//! The crate does not depend on a database, a clock, a network or files: `now` is an argument, and the caller
//! says when reading takes too long.
//!
//! It uses two libraries. `calcard` reads the calendars that programs really write, but cannot write ours: it
//! escapes commas and semicolons in the values of `URL`, which RFC 5545 §3.3.13 leaves as they are, and
//! backslashes and quotation marks in parameters, which have no escape (RFC 5545 §3.2). `icalendar` writes
//! both correctly. It would add a UID and the system's time if they were missing, so this crate always gives
//! both.
#![warn(missing_docs)]

use chrono::{DateTime, Datelike, Timelike, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};

pub mod busy;
#[doc(hidden)]
pub mod fuzz;
pub mod invite;
pub mod reply;

/// One entry in a calendar.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The identifier, which stays the same during the whole life of the entry.
    pub uid: &'a str,
    /// The version number, which rises with every change that other people were told of.
    pub sequence: i32,
    /// The start.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// Whether the entry is certain.
    pub status: Status,
    /// The title, on one line.
    pub summary: &'a str,
    /// The text; may have several lines.
    pub description: &'a str,
    /// The place: a postal address or a link. It may be empty.
    pub location: &'a str,
    /// The web address of the page about the entry.
    pub url: Option<&'a str>,
}

/// The status of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An attendee still has to agree.
    Tentative,
    /// The entry takes place.
    Confirmed,
    /// The entry does not take place, and its time is free.
    Cancelled,
}

/// Writes one entry to download. Its reader is not asked for an answer.
pub fn entry(entry: &Entry<'_>, now: DateTime<Utc>) -> String {
    let mut calendar = calendar("PUBLISH");
    calendar.push(event(entry, now));
    written(&calendar)
}

/// Writes one entry for a collection of a CalDAV server, where an object has no method (RFC 4791 §4.1).
pub fn resource(entry: &Entry<'_>, now: DateTime<Utc>) -> String {
    let mut calendar = bare_calendar();
    calendar.push(event(entry, now));
    written(&calendar)
}

/// A calendar of entries under one name, which a calendar program fetches again every hour. The entries are
/// written once, without the time of writing; [`Feed::at`] inserts that time, which makes no difference to
/// the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed(String);

impl Feed {
    /// Writes the entries as a calendar with this name.
    pub fn new(name: &str, entries: &[Entry<'_>]) -> Self {
        let mut calendar = calendar("PUBLISH");
        calendar.name(&line(name));
        let hourly = Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done();
        calendar.append_property(hourly);
        calendar.append_property(Property::new("X-PUBLISHED-TTL", "PT1H"));
        for entry in entries {
            calendar.push(event(entry, DateTime::UNIX_EPOCH));
        }
        Self(written(&calendar))
    }

    /// Returns the text without the time of writing. It is the same for the same entries.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text to send at `now`.
    pub fn at(&self, now: DateTime<Utc>) -> String {
        // The pattern is a whole line, which no text of ours can contain, because folded lines begin with a
        // blank.
        let stamp = |at| format!("\r\nDTSTAMP:{}\r\n", instant(at));
        self.0.replace(&stamp(DateTime::UNIX_EPOCH), &stamp(now))
    }
}

fn calendar(method: &str) -> Calendar {
    let mut calendar = bare_calendar();
    calendar.append_property(Property::new("METHOD", method));
    calendar
}

fn bare_calendar() -> Calendar {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Madoguchi//Madoguchi//JA"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar
}

fn event(entry: &Entry<'_>, now: DateTime<Utc>) -> Event {
    let mut event = Event::new();
    event
        .uid(&line(entry.uid))
        .add_property("SEQUENCE", entry.sequence.max(0).to_string())
        .add_property("DTSTAMP", instant(now))
        .add_property("DTSTART", instant(entry.starts_at))
        .add_property("DTEND", instant(entry.ends_at))
        .add_property("STATUS", entry.status.code())
        .add_property("TRANSP", entry.status.transparency())
        .summary(&line(entry.summary))
        .description(&text(entry.description));
    if !entry.location.trim().is_empty() {
        event.location(&line(entry.location));
    }
    if let Some(url) = entry.url {
        event.add_property("URL", bare(url));
    }
    event
}

/// Writes the object in lines of at most 75 octets, broken between characters (RFC 5545 §3.1).
///
/// The library's own folding lets some lines of multi-octet text grow to 76 octets, so it is undone first.
fn written(calendar: &Calendar) -> String {
    folded(calendar.to_string().replace("\r\n ", "").lines())
}

/// Joins whole lines, each broken where it is too long.
fn folded<T: AsRef<str>>(lines: impl Iterator<Item = T>) -> String {
    let mut folded = String::new();
    for line in lines {
        let line = line.as_ref();
        if line.len() <= 75 {
            folded.push_str(line);
            folded.push_str("\r\n");
            continue;
        }
        let mut left = 75;
        for it in line.chars() {
            if it.len_utf8() > left {
                folded.push_str("\r\n ");
                left = 74;
            }
            folded.push(it);
            left -= it.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

impl Status {
    const fn code(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Returns the TRANSP value; a cancelled entry takes no time.
    const fn transparency(self) -> &'static str {
        match self {
            Self::Tentative | Self::Confirmed => "OPAQUE",
            Self::Cancelled => "TRANSPARENT",
        }
    }
}

/// Formats an instant in UTC (RFC 5545 §3.3.5, form 2).
fn instant(at: DateTime<Utc>) -> String {
    let (year, month, day) = (at.year(), at.month(), at.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second())
}

/// Returns the text as one line. The library escapes text but does not handle line ends in it.
fn line(text: &str) -> String {
    if text.contains(char::is_control) {
        return text.replace(char::is_control, " ").trim().to_owned();
    }
    text.trim().to_owned()
}

/// Returns the text with its lines separated by `\n` alone.
fn text(text: &str) -> String {
    text.replace("\r\n", "\n").replace(|it: char| it.is_control() && it != '\n', " ")
}

/// Returns an address without controls and blanks. The library writes it unescaped, so it must not contain a
/// line end.
fn bare(address: &str) -> String {
    address.chars().filter(|it| !it.is_control() && !it.is_whitespace()).collect()
}

#[cfg(test)]
mod tests;
