//! Writes invitations that calendar programs understand (RFC 5546).
use chrono::{DateTime, Utc};
use icalendar::{Component, Event, Property};

use super::{Entry, Status, bare, calendar, event, folded, line, written};

/// An entry with its organizer and its attendees.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// The entry itself.
    pub entry: Entry<'a>,
    /// The person to whom answers go.
    pub organizer: Person<'a>,
    /// The people who are invited.
    pub attendees: &'a [Attendee<'a>],
}

/// A person with a mail address.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The bare mail address.
    pub address: &'a str,
    /// The name beside the address; may be empty.
    pub name: &'a str,
}

/// A person who is invited.
#[derive(Clone, Copy, Debug)]
pub struct Attendee<'a> {
    /// The person.
    pub person: Person<'a>,
    /// Whether the person has agreed.
    pub participation: Participation,
}

/// Whether an attendee still has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Participation {
    /// The attendee is asked for an answer.
    Awaited,
    /// The attendee has agreed already.
    Accepted,
}

/// Writes a METHOD:REQUEST, which puts the entry into the attendees' calendars or moves it there.
pub fn request(invitation: &Invitation<'_>, now: DateTime<Utc>) -> String {
    object("REQUEST", invitation, invitation.entry, now)
}

/// Writes a METHOD:CANCEL, which removes the entry from the attendees' calendars.
pub fn cancel(invitation: &Invitation<'_>, now: DateTime<Utc>) -> String {
    object("CANCEL", invitation, Entry { status: Status::Cancelled, ..invitation.entry }, now)
}

fn object(method: &str, invitation: &Invitation<'_>, entry: Entry<'_>, now: DateTime<Utc>) -> String {
    let mut event: Event = event(&entry, now);
    event.append_property(person("ORGANIZER", invitation.organizer));
    for it in invitation.attendees {
        event.append_multi_property(attendee(*it));
    }
    let mut calendar = calendar(method);
    calendar.push(event);
    written(&calendar)
}

/// Writes an invitation of ours for another address of its attendee: the organizer keeps the name and gets the address
/// to which the new reader answers. Everything else stays, so that it is the same entry in the same version.
pub fn readdressed(object: &str, organizer: &str, to: Attendee<'_>) -> String {
    let whole = object.replace("\r\n ", "");
    let lines = whole.lines().map(|it| {
        let is = |key: &str| it.strip_prefix(key).is_some_and(|rest| rest.starts_with([':', ';']));
        if is("ATTENDEE") {
            let line: Result<String, _> = attendee(to).try_into();
            line.map_or_else(|_| it.to_owned(), |it| it.replace("\r\n ", "").trim_end().to_owned())
        } else if is("ORGANIZER") {
            let name = it.rfind(MAILTO).and_then(|at| it.get(..at)).unwrap_or("ORGANIZER:");
            format!("{name}{MAILTO}{}", bare(organizer))
        } else {
            it.to_owned()
        }
    });
    folded(lines)
}

/// The beginning of an address as a value (RFC 6068).
const MAILTO: &str = "mailto:";

fn attendee(it: Attendee<'_>) -> Property {
    let (answer, wanted) = match it.participation {
        Participation::Awaited => ("NEEDS-ACTION", "TRUE"),
        Participation::Accepted => ("ACCEPTED", "FALSE"),
    };
    let mut property = person("ATTENDEE", it.person);
    property.add_parameter("ROLE", "REQ-PARTICIPANT");
    property.add_parameter("PARTSTAT", answer);
    property.add_parameter("RSVP", wanted);
    property
}

fn person(key: &str, person: Person<'_>) -> Property {
    let mut property = Property::new(key, format!("{MAILTO}{}", bare(person.address)));
    // A parameter cannot contain a quotation mark (RFC 5545 §3.2): the mark would end it.
    let name = line(person.name).replace('"', "'");
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
    property
}
