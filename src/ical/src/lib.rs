//! Calendar entries as iCalendar objects (RFC 5545): what a company downloads and what an expert's calendar subscribes
//! to. Invitations by mail are in `invite`.
use chrono::{DateTime, Datelike, Timelike, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};

pub mod busy;
pub mod invite;
pub mod reply;

/// One sitting in somebody's calendar.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The same through the whole life of the sitting.
    pub uid: &'a str,
    /// Rises with every change that others were told of.
    pub sequence: i32,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub status: Status,
    pub summary: &'a str,
    pub description: &'a str,
    /// An address or a link; may be empty.
    pub location: &'a str,
    /// The page about it.
    pub url: Option<&'a str>,
}

/// How certain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

/// One entry to download: nobody is asked for an answer.
pub fn entry(entry: &Entry<'_>, now: DateTime<Utc>) -> String {
    let mut calendar = calendar("PUBLISH");
    calendar.push(event(entry, now));
    written(&calendar)
}

/// One entry as it lies in a collection of a CalDAV server, where an object has no method (RFC 4791 §4.1).
pub fn resource(entry: &Entry<'_>, now: DateTime<Utc>) -> String {
    let mut calendar = bare_calendar();
    calendar.push(event(entry, now));
    written(&calendar)
}

/// Everything that a calendar program shows under one name; it asks again after an hour. Written once, without the
/// time of writing: that alone makes no difference, and comes last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed(String);

impl Feed {
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

    /// The same for the same entries, whenever it is asked for.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is sent at `now`.
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
