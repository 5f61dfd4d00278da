//! Whether an event takes sign-ups, as its public page says it.
use chrono::{DateTime, Utc};

use super::seats::{Admission, SeatCount};

/// The stage of an event at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStage {
    Open,
    /// All seats are taken, and people can wait for one.
    WaitingOnly,
    /// Neither a seat nor a place on a waiting list is left.
    Full,
    /// The deadline is over.
    Closed,
    CalledOff,
    Over,
}

impl EventStage {
    /// Returns the stage of an event. `seats` are its seats by kind; a consultation day has none.
    pub fn of(
        (starts_at, ends_at, deadline): (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>),
        is_called_off: bool,
        seats: &[SeatCount],
        now: DateTime<Utc>,
    ) -> Self {
        let has = |wanted: Admission| seats.iter().any(|it| it.admission() == wanted);
        match () {
            () if is_called_off => Self::CalledOff,
            () if ends_at <= now => Self::Over,
            () if deadline.min(starts_at) <= now => Self::Closed,
            () if seats.is_empty() || has(Admission::Seat) => Self::Open,
            () if has(Admission::Waits) => Self::WaitingOnly,
            () => Self::Full,
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "受付中",
            Self::WaitingOnly => "満席（空き待ち受付中）",
            Self::Full => "満席",
            Self::Closed => "受付終了",
            Self::CalledOff => "中止",
            Self::Over => "終了",
        }
    }

    /// Returns whether the page leads to the form.
    pub const fn takes_sign_ups(self) -> bool {
        matches!(self, Self::Open | Self::WaitingOnly)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{EventStage, SeatCount};

    #[test]
    fn an_event_is_open_until_its_deadline_as_long_as_it_has_seats() {
        let start = DateTime::UNIX_EPOCH + TimeDelta::days(9);
        let times = (start, start + TimeDelta::hours(2), start - TimeDelta::days(1));
        let at = |taken, waiting, days, called_off| {
            let seats = [SeatCount { capacity: 1, taken, waiting }];
            EventStage::of(times, called_off, &seats, DateTime::UNIX_EPOCH + TimeDelta::days(days))
        };
        assert_eq!(at(0, 0, 1, false), EventStage::Open);
        assert_eq!(at(1, 0, 1, false), EventStage::WaitingOnly);
        assert_eq!(at(1, super::super::MOST_WAITING, 1, false), EventStage::Full);
        assert_eq!(at(0, 0, 8, false), EventStage::Closed);
        assert_eq!(at(0, 0, 10, false), EventStage::Over);
        assert_eq!(at(0, 0, 10, true), EventStage::CalledOff);
        let day = EventStage::of(times, false, &[], DateTime::UNIX_EPOCH);
        assert_eq!(day, EventStage::Open, "a consultation day has no seats");
        assert!(EventStage::WaitingOnly.takes_sign_ups() && !EventStage::Closed.takes_sign_ups());
    }
}
