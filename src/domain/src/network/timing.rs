//! The times of the network.
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    settings::Settings,
};

/// The time within which an address is proved. After it what was typed is forgotten.
pub const PROVE_WITHIN: TimeDelta = TimeDelta::hours(24);

/// The number of business days within which a mentor answers. After them the question is back at the center.
pub const ANSWERED_WITHIN: u16 = 10;

/// The number of business days after which a mentor who has not answered is reminded, once.
pub const REMINDED_AFTER: u16 = 7;

/// The number of business days after which the center is reminded of what waits for it, and is reminded again.
pub const CENTER_WITHIN: u16 = 2;

/// The time without a word after which an answered question ends.
pub const QUIET: TimeDelta = TimeDelta::days(30);

/// The time for which persons and words are kept after a question has ended, or a mentor has left or was rejected.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// Returns when a question comes back that is passed on at `now`.
pub fn answer_due(now: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(now), ANSWERED_WITHIN), settings.mail_hour, 0)
}

/// Returns when a mentor is reminded of a question that is passed on at `now`.
pub fn answer_reminder_at(
    now: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(now), REMINDED_AFTER), settings.mail_hour, 0)
}

/// Returns when the center is reminded of what waits for it since `since`.
pub fn center_reminder_at(
    since: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(since), CENTER_WITHIN), settings.mail_hour, 0)
}

/// Returns the month of a day as one number, such as 202611.
pub fn month_of(day: NaiveDate) -> i32 {
    day.year() * 100 + i32::try_from(day.month()).unwrap_or_default()
}
