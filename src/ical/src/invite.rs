//! Invitations that a calendar program understands (RFC 5546): one sitting, who leads it and who is asked.
use chrono::{DateTime, Utc};
use icalendar::{Component, Event, Property};

use super::{Entry, Status, bare, calendar, event, line, written};

#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    pub entry: Entry<'a>,
    pub organizer: Person<'a>,
    pub attendees: &'a [Attendee<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The bare mail address.
    pub address: &'a str,
    pub name: &'a str,
}

#[derive(Clone, Copy, Debug)]
pub struct Attendee<'a> {
    pub person: Person<'a>,
    pub participation: Participation,
}

/// Whether the attendee still has to say yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Participation {
    Awaited,
    Accepted,
}

/// METHOD:REQUEST: puts the sitting into the attendees' calendars, or moves it there.
pub fn request(invitation: &Invitation<'_>, now: DateTime<Utc>) -> String {
    object("REQUEST", invitation, invitation.entry, now)
}

/// METHOD:CANCEL: takes it out again.
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
    // A quotation mark cannot be written within a parameter (RFC 5545 §3.2), and would end it.
    let name = line(person.name).replace('"', "'");
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
    property
}
