//! Writes invitations that calendar programs understand (RFC 5546).
use chrono::{DateTime, Utc};
use icalendar::{Component, Event, Property};

use super::{Entry, Status, bare, calendar, event, line, written};

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
    for attendee in invitation.attendees {
        let (answer, wanted) = match attendee.participation {
            Participation::Awaited => ("NEEDS-ACTION", "TRUE"),
            Participation::Accepted => ("ACCEPTED", "FALSE"),
        };
        let mut property = person("ATTENDEE", attendee.person);
        property.add_parameter("ROLE", "REQ-PARTICIPANT");
        property.add_parameter("PARTSTAT", answer);
        property.add_parameter("RSVP", wanted);
        event.append_multi_property(property);
    }
    let mut calendar = calendar(method);
    calendar.push(event);
    written(&calendar)
}

fn person(key: &str, person: Person<'_>) -> Property {
    let mut property = Property::new(key, format!("mailto:{}", bare(person.address)));
    // A parameter cannot contain a quotation mark (RFC 5545 §3.2): the mark would end it.
    let name = line(person.name).replace('"', "'");
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
    property
}
