//! Time and days in Japan: holidays by law, business days, and deadlines that explain themselves.
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

mod business;
mod deadline;
pub mod holiday;

pub use business::{BusinessCalendar, Closed};
pub use deadline::{
    Count, Deadline, DeadlineStep, PausedDeadline, deadline_after_business_days, deadline_calendar_days,
};
pub use holiday::Holiday;

/// Japan's offset from UTC in seconds. Japan has no summer time.
const AHEAD_OF_UTC: i32 = 9 * 3600;

/// Returns Japan's offset from UTC.
pub fn jst() -> FixedOffset {
    const JST: FixedOffset = FixedOffset::east_opt(AHEAD_OF_UTC).expect("nine hours are less than a day");
    JST
}

/// Returns the date in Japan at `at`.
pub fn japan_date(at: DateTime<Utc>) -> NaiveDate {
    let ahead = TimeDelta::seconds(i64::from(AHEAD_OF_UTC));
    at.naive_utc().checked_add_signed(ahead).map_or(NaiveDate::MAX, |it| it.date())
}

/// Returns the instant at which clocks in Japan show `hour`:`minute` on `date`. Hour 24 is the midnight that ends the
/// day.
pub fn at_japan(date: NaiveDate, hour: u8, minute: u8) -> DateTime<Utc> {
    let minutes = TimeDelta::minutes(i64::from(hour) * 60 + i64::from(minute));
    let since_utc_midnight = minutes - TimeDelta::seconds(i64::from(AHEAD_OF_UTC));
    let midnight = date.and_time(NaiveTime::MIN).and_utc();
    midnight.checked_add_signed(since_utc_midnight).unwrap_or(midnight)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};

    use super::{at_japan, japan_date, jst};

    #[test]
    fn japan_is_nine_hours_ahead() {
        let day: NaiveDate = "2026-11-24".parse().unwrap();
        let at: DateTime<Utc> = "2026-11-23T15:00:00Z".parse().unwrap();
        assert_eq!(at_japan(day, 0, 0), at);
        assert_eq!(japan_date(at), day);
        assert_eq!(at_japan(day, 24, 0), at_japan("2026-11-25".parse().unwrap(), 0, 0));
        assert_eq!(at_japan(day, 9, 30).with_timezone(&jst()).to_rfc3339(), "2026-11-24T09:30:00+09:00");
        assert_eq!(japan_date(DateTime::<Utc>::MAX_UTC), NaiveDate::MAX);
        for edge in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = at_japan(edge, 24, 59);
        }
    }
}
