//! Reads the answers of calendar programs to invitations (RFC 5546).
use std::ops::Range;

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty,
};
use chrono::{DateTime, Utc};

use super::busy;

/// The answer of a calendar program to an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The attendee comes.
    Accepted,
    /// The attendee does not come.
    Declined,
    /// The attendee may come.
    Tentative,
    /// The attendee proposes another time (METHOD:COUNTER).
    Countered,
    /// The attendee delegates: another person is to come instead.
    Delegated,
}

/// One attendee's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The answer itself.
    pub answer: Answer,
    /// The UID of the entry.
    pub uid: String,
    /// The SEQUENCE of the invitation that is answered.
    pub sequence: i32,
    /// The bare address of the attendee, lower-cased.
    pub attendee: String,
    /// The bare address of the person who is to come instead.
    pub delegate: Option<String>,
    /// The time that the attendee proposes instead, if there is one.
    pub proposed: Option<Range<DateTime<Utc>>>,
    /// The attendee's words; may be empty.
    pub comment: String,
}

/// The most octets of an answer. An answer is about one appointment, so it is short.
const LONGEST: usize = 256 * 1024;
/// The most characters of a comment that are kept.
pub const LONGEST_COMMENT: usize = 1000;

/// Returns the answer in an object, or `None` if the object is not an answer, such as another person's
/// invitation.
pub fn parse(object: &str) -> Option<Reply> {
    if object.len() > LONGEST {
        return None;
    }
    let calendar = ICalendar::parse(object).ok()?;
    let method =
        calendar.components.iter().find_map(|it| it.property(&ICalendarProperty::Method).and_then(text));
    let is_counter = match method?.to_ascii_uppercase().as_str() {
        "REPLY" => false,
        "COUNTER" => true,
        _ => return None,
    };
    let event = calendar.components.iter().find(|it| it.component_type == ICalendarComponentType::VEvent)?;
    let attendee = answering(event, is_counter)?;
    let said = attendee.parameter(&ICalendarParameterName::Partstat).and_then(|it| it.as_text());
    let answer = match said.unwrap_or_default().to_ascii_uppercase().as_str() {
        _ if is_counter => Answer::Countered,
        "ACCEPTED" => Answer::Accepted,
        "DECLINED" => Answer::Declined,
        "TENTATIVE" => Answer::Tentative,
        "DELEGATED" => Answer::Delegated,
        _ => return None,
    };
    let delegate = attendee.parameter(&ICalendarParameterName::DelegatedTo).and_then(|it| it.as_text());
    let comment = event.property(&ICalendarProperty::Comment).and_then(text).unwrap_or_default();
    let sequence =
        event.property(&ICalendarProperty::Sequence).and_then(|it| it.values.first()?.as_integer());
    Some(Reply {
        answer,
        uid: event.uid()?.trim().to_owned(),
        sequence: i32::try_from(sequence.unwrap_or(0)).ok()?,
        attendee: attendee.calendar_address()?.trim().to_lowercase(),
        delegate: delegate.map(|it| bare(it).to_owned()),
        proposed: is_counter
            .then(|| busy::stretch(&calendar, event))
            .flatten()
            .filter(|it| it.start < it.end),
        comment: comment.trim().chars().take(LONGEST_COMMENT).collect(),
    })
}

/// Returns the attendee who answers. A reply lists that attendee alone (RFC 5546 §3.2.3). Some programs list
/// all attendees in a counter-proposal; then the first one who is not the organizer is taken.
fn answering(event: &ICalendarComponent, is_counter: bool) -> Option<&ICalendarEntry> {
    let organizer = event.property(&ICalendarProperty::Organizer).and_then(ICalendarEntry::calendar_address);
    let mut attendees = event.properties(&ICalendarProperty::Attendee).filter(|it| {
        it.calendar_address()
            .is_some_and(|it| organizer.is_none_or(|organizer| !organizer.eq_ignore_ascii_case(it)))
    });
    let one = attendees.next()?;
    // A delegating attendee lists the delegate, too; the answer is the delegator's.
    let is_delegate = |it: &ICalendarEntry| it.has_parameter(&ICalendarParameterName::DelegatedFrom);
    match attendees.next() {
        None => Some(one),
        Some(other) if is_delegate(one) => Some(other),
        Some(other) if is_counter || is_delegate(other) => Some(one),
        Some(_) => None,
    }
}

fn bare(address: &str) -> &str {
    calcard::icalendar::utils::strip_mailto_scheme(address.trim())
}

/// Returns the text of a property's first value.
fn text(entry: &ICalendarEntry) -> Option<&str> {
    entry.values.first()?.as_text()
}

#[cfg(test)]
mod tests;
