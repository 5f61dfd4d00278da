//! The number of mails that one domain gets in a minute. It is a generic cell rate (ITU-T I.371), stored as
//! one instant for each domain, so that several workers can share it.
use chrono::{DateTime, TimeDelta, Utc};

/// The number of mails in a minute; 0 means that there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit(pub u32);

/// The limit, as time, on the mails that may be sent at once to a domain that got none for a while.
const BURST: TimeDelta = TimeDelta::seconds(10);

impl RateLimit {
    /// Returns how many of `wanted` mails may be sent at `now`, and the instant until which they use up the
    /// domain's limit. `used_until` is the instant that the previous call returned.
    pub fn grant(
        self,
        used_until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        wanted: usize,
    ) -> (usize, DateTime<Utc>) {
        let from = used_until.unwrap_or(now).max(now);
        let Some(each) = 60_000_000_i64.checked_div(i64::from(self.0)).map(TimeDelta::microseconds) else {
            return (wanted, now);
        };
        // At a limit below one mail in ten seconds, a domain still gets one mail at a time.
        let capacity = now + BURST.max(each) - from;
        let capacity =
            capacity.num_microseconds().unwrap_or(0).max(0) / each.num_microseconds().unwrap_or(1).max(1);
        let granted = wanted.min(usize::try_from(capacity).unwrap_or(0));
        (granted, from + each * i32::try_from(granted).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::RateLimit;

    #[test]
    fn a_domain_that_has_rested_gets_ten_seconds_worth_at_once() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let (granted, until) = RateLimit(60).grant(None, now, 100);
        assert_eq!((granted, until), (10, now + TimeDelta::seconds(10)));
        assert_eq!(RateLimit(60).grant(Some(until), now, 5).0, 0);
        assert_eq!(RateLimit(60).grant(Some(until), now + TimeDelta::seconds(3), 5).0, 3);
        assert_eq!(RateLimit(1).grant(None, now, 5).0, 1);
        assert_eq!(RateLimit(0).grant(Some(until), now, 5).0, 5);
    }

    proptest! {
        #[test]
        fn no_minute_sees_much_more_than_the_rate(
            rate in 1..1000_u32, asks in prop::collection::vec((0..5_000_i64, 0..50_usize), 1..80)
        ) {
            let mut now = DateTime::<Utc>::UNIX_EPOCH;
            let mut until = None;
            let mut sent: Vec<DateTime<Utc>> = Vec::new();
            for (pause, wanted) in asks {
                now += TimeDelta::milliseconds(pause);
                let (granted, used) = RateLimit(rate).grant(until, now, wanted);
                prop_assert!(granted <= wanted);
                until = Some(used);
                sent.extend(std::iter::repeat_n(now, granted));
                let minute = sent.iter().filter(|it| now - **it < TimeDelta::minutes(1)).count();
                prop_assert!(minute <= usize::try_from(rate + rate / 6 + 2).unwrap(), "{minute} of {rate}");
            }
        }
    }
}
