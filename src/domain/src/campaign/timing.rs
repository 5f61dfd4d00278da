//! The times of a telework month: until when an address is proved, when the center is reminded, and when data are
//! erased.
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    settings::Settings,
};

/// The time within which the address of a registration is proved. After it the registration is forgotten.
pub const PROVE_WITHIN: TimeDelta = TimeDelta::hours(24);

/// The number of business days within which a registrant is told that the center decides.
pub const DECIDED_WITHIN: u16 = 5;

/// The number of business days after which the center is reminded of a registration that waits, and is reminded again.
const REMINDED_AFTER: u16 = 2;

/// The time after the end of the month, and after the registration, for which a decision is waited for.
const DECIDED_AT_LAST: TimeDelta = TimeDelta::days(30);

/// The time after the end of the month for which persons and addresses are kept.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// The time for which persons and addresses of registrations are kept that were withdrawn, rejected or never decided.
pub const ENDED_KEPT: TimeDelta = TimeDelta::days(90);

/// The facts that decide when the next step of a telework month is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CampaignTimes {
    pub ends_at: DateTime<Utc>,
    /// The time since which the registration waits that has waited longest.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The time at which the center was reminded last.
    pub reminded_at: Option<DateTime<Utc>>,
    /// The time at which the first of those ended that were withdrawn, rejected or never decided, and are not erased.
    pub ended_since: Option<DateTime<Utc>>,
    pub is_erased: bool,
}

/// Returns when the center is reminded of registrations that wait: on the second business day at the hour of mails, and
/// again after as many days for as long as one waits.
pub fn reminder_at(
    it: &CampaignTimes,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<DateTime<Utc>> {
    let since = it.waiting_since?;
    let from = it.reminded_at.map_or(since, |at| at.max(since));
    Some(at_japan(calendar.add_business_days(japan_date(from), REMINDED_AFTER), settings.mail_hour, 0))
}

/// Returns when a registration lapses about which no person has decided.
pub fn lapse_at(ends_at: DateTime<Utc>, since: DateTime<Utc>) -> DateTime<Utc> {
    ends_at.max(since) + DECIDED_AT_LAST
}

/// Returns when the next step is due; `None` if nothing is left to do.
pub fn next_step_at(
    it: &CampaignTimes,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<DateTime<Utc>> {
    let lapse = it.waiting_since.map(|since| lapse_at(it.ends_at, since));
    let ended = it.ended_since.map(|since| since + ENDED_KEPT);
    let erasure = (!it.is_erased).then(|| it.ends_at + KEPT);
    [reminder_at(it, settings, calendar), lapse, ended, erasure].into_iter().flatten().min()
}
