//! The times of an event: until when seats are given, and when its mails are sent.
use chrono::{DateTime, TimeDelta, Utc};
use codes::SeatKind;

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    settings::Settings,
};

/// The time within which the address of a sign-up is confirmed. After it the sign-up is forgotten.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(24);

/// The time before the start from which a participant's page shows the meeting link.
pub const PASS_SHOWN: TimeDelta = TimeDelta::days(1);

/// The time for which answers to the questionnaire are taken, after the mail that asks for them.
pub const ANSWERS_TAKEN: TimeDelta = TimeDelta::days(30);

/// The time after the end for which the names and addresses of participants are kept.
pub const KEPT: TimeDelta = TimeDelta::days(90);

/// The longest time for which a freed seat is held for one person.
const LONGEST_OFFER: TimeDelta = TimeDelta::hours(24);

/// The shortest time for which a freed seat is held for one person, unless the last call comes first.
const SHORTEST_OFFER: TimeDelta = TimeDelta::minutes(30);

/// The number of business days for which the mail after the event waits for materials.
const WAITS_FOR_MATERIALS: u16 = 3;

/// The facts that decide when the next step of an event is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTimes {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub is_called_off: bool,
    /// Whether the meeting link is missing, and no person was asked for it.
    pub asks_for_link: bool,
    /// Whether people wait for a seat of the kind, in the order of `SeatKind::ALL`.
    pub waits: [bool; 2],
    /// The end of the offer that ends first.
    pub offer_until: Option<DateTime<Utc>>,
    pub has_materials: bool,
    /// Whether the mail after the event was written.
    pub is_thanked: bool,
    pub is_erased: bool,
}

/// Returns the instant from which freed seats of a kind are offered no more: no person could come in time.
pub fn last_call(kind: SeatKind, starts_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at
        - match kind {
            SeatKind::Venue => TimeDelta::hours(3),
            SeatKind::Online => TimeDelta::hours(1),
        }
}

/// Returns until when a seat that is offered at `now` is held: a day, at most half of the time until the last call, so
/// that another person can be asked, and at least half an hour. Returns `None` from the last call on.
pub fn answer_until(kind: SeatKind, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = last_call(kind, starts_at);
    let left = last - now;
    (left > TimeDelta::zero()).then(|| now + (left / 2).clamp(SHORTEST_OFFER, LONGEST_OFFER).min(left))
}

/// Returns when participants are reminded of an event: on the business day before it.
pub fn day_reminder_at(
    starts_at: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    at_japan(calendar.previous_business_day(japan_date(starts_at)), settings.mail_hour, 0)
}

/// Returns when those who take part online are reminded once more.
pub fn hour_reminder_at(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at - TimeDelta::hours(1)
}

/// Returns when the mail after an event is due: on the next business day, or without materials some days later.
pub fn thanks_at(
    ends_at: DateTime<Utc>,
    has_materials: bool,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    let days = if has_materials { 1 } else { WAITS_FOR_MATERIALS };
    at_japan(calendar.add_business_days(japan_date(ends_at), days), settings.mail_hour, 0)
}

/// Returns when the next step of an event is due; `None` if nothing is left to do.
pub fn next_step_at(
    it: &EventTimes,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<DateTime<Utc>> {
    let waits = SeatKind::ALL.into_iter().zip(it.waits).filter(|(_, waits)| *waits);
    let last_calls = waits.map(|(kind, _)| last_call(kind, it.starts_at));
    let thanks = (!it.is_thanked && !it.is_called_off)
        .then(|| thanks_at(it.ends_at, it.has_materials, settings, calendar));
    let erasure = (!it.is_erased).then(|| it.ends_at + KEPT);
    let link = it.asks_for_link.then(|| day_reminder_at(it.starts_at, settings, calendar));
    last_calls.chain(it.offer_until).chain(link).chain(thanks).chain(erasure).min()
}
