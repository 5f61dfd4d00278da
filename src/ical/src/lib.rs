//! Writes and reads calendar objects (iCalendar, RFC 5545).
//!
//! Written are entries to download ([`entry`]), entries in a collection ([`resource`]), feeds ([`Feed`]) and invitations
//! ([`invite`]). Read are the times when somebody is busy ([`busy`]) and the answers to invitations ([`reply`]).
//!
//! The crate knows no database, clock, network or file: `now` is an argument, and the caller says when reading takes too
//! long.
//!
//! Two libraries share the work. `calcard` reads what programs really write, but cannot write what we send: it escapes
//! commas and semicolons in the URLs of `URL`, which RFC 5545 §3.3.13 leaves as they are, and backslashes and quotation
//! marks in parameters, which have no escape (RFC 5545 §3.2). `icalendar` writes both correctly. It would add a UID and
//! the system's time where they are missing; both are always given.
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
    /// The identifier, the same through the whole life of the entry.
    pub uid: &'a str,
    /// The number of the version; rises with every change that others were told of.
    pub sequence: i32,
    /// The start.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// How certain it is.
    pub status: Status,
    /// The title, on one line.
    pub summary: &'a str,
    /// The text; may have several lines.
    pub description: &'a str,
    /// The place, an address or a link; may be empty.
    pub location: &'a str,
    /// The address of the page about it.
    pub url: Option<&'a str>,
}

/// How certain an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Somebody still has to agree.
    Tentative,
    /// It takes place.
    Confirmed,
    /// It does not take place, and takes no time.
    Cancelled,
}

/// Writes one entry to download: nobody is asked for an answer.
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

/// All entries that a calendar program shows under one name; it asks again after an hour. They are written once,
/// without the time of writing, which makes no difference to the reader and is put in last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed(String);

impl Feed {
    /// Writes the entries under a name.
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

    /// Returns the text without the time of writing: the same for the same entries.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text to send at `now`.
    pub fn at(&self, now: DateTime<Utc>) -> String {
        // A whole line, which no text of ours can be: what is folded begins with a blank.
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

/// The object as octets go out: lines of at most 75 octets, broken between characters (RFC 5545 §3.1).
///
/// The crate's own folding lets some lines of multi-octet text grow to 76, so it is undone first.
fn written(calendar: &Calendar) -> String {
    let written = calendar.to_string();
    let mut folded = String::with_capacity(written.len());
    for line in written.replace("\r\n ", "").lines() {
        if line.len() <= 75 {
            folded.push_str(line);
            folded.push_str("\r\n");
            continue;
        }
        let mut room = 75;
        for it in line.chars() {
            if it.len_utf8() > room {
                folded.push_str("\r\n ");
                room = 74;
            }
            folded.push(it);
            room -= it.len_utf8();
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

    /// What is cancelled takes no time.
    const fn transparency(self) -> &'static str {
        match self {
            Self::Tentative | Self::Confirmed => "OPAQUE",
            Self::Cancelled => "TRANSPARENT",
        }
    }
}

/// RFC 5545 §3.3.5, form 2: UTC.
fn instant(at: DateTime<Utc>) -> String {
    let (year, month, day) = (at.year(), at.month(), at.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second())
}

/// One line of text. The crate escapes what it writes as text but takes line ends as they come.
fn line(text: &str) -> String {
    if text.contains(char::is_control) {
        return text.replace(char::is_control, " ").trim().to_owned();
    }
    text.trim().to_owned()
}

/// Text of several lines, ended by `\n` alone.
fn text(text: &str) -> String {
    text.replace("\r\n", "\n").replace(|it: char| it.is_control() && it != '\n', " ")
}

/// An address, which the crate writes as it stands: nothing in it may end the line.
fn bare(address: &str) -> String {
    address.chars().filter(|it| !it.is_control() && !it.is_whitespace()).collect()
}

#[cfg(test)]
mod tests;
