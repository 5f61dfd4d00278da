//! Accounts: how long a person stays signed in, who needs a second factor, and how long a wrong password locks.
use chrono::TimeDelta;

use crate::actor::Role;

pub mod device;

/// The time after signing in at which every account has to sign in again.
pub const SIGNED_IN_AT_MOST: TimeDelta = TimeDelta::hours(12);

/// The time after its last use for which a browser is remembered as one of an account.
pub const DEVICE_REMEMBERED: TimeDelta = TimeDelta::days(180);

/// The number of wrong passwords or codes in a row, from one known device or one network, after which it is locked out of
/// the account.
pub const FAILURES_UNTIL_LOCK: i32 = 10;

/// The time after which failures and locks are forgotten, if no other follows.
pub const FAILURES_REMEMBERED: TimeDelta = TimeDelta::days(7);

/// The time within which the owner of an account is told of locks once.
pub const LOCK_TOLD_ONCE_IN: TimeDelta = TimeDelta::hours(24);

/// The number of wrong codes of a second factor in a row, from all devices that are not known together, after which codes
/// count from known devices alone. Every one of them was typed after the right password.
pub const WRONG_CODES_UNTIL_CLOSED: i32 = 30;

/// The time after the last wrong code for which codes count from known devices alone, and after which the count begins
/// anew.
pub const CODES_CLOSED: TimeDelta = TimeDelta::hours(24);

const FIRST_LOCK: TimeDelta = TimeDelta::minutes(15);
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(24);

/// Returns the time without any page read after which an account of this role has to sign in again.
///
/// An administrator can change every account. An expert answers between two meetings from a phone, which has a lock of
/// its own, and sees the expert's own consultations alone. A desk's computer may stand where visitors pass.
pub const fn idle_limit(role: Role) -> TimeDelta {
    match role {
        Role::Administrator => TimeDelta::minutes(30),
        Role::Coordinator | Role::Desk | Role::Observer | Role::Editor => TimeDelta::hours(2),
        Role::Expert => SIGNED_IN_AT_MOST,
    }
}

/// Returns how long the lock of this number, counted from 1, lasts: twice as long as the one before, up to a day.
pub fn lock_time(number: i32) -> TimeDelta {
    let doublings = number.clamp(1, 8) - 1;
    (FIRST_LOCK * (1 << doublings)).min(LONGEST_LOCK)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{SIGNED_IN_AT_MOST, idle_limit, lock_time};
    use crate::actor::Role;

    #[test]
    fn no_role_may_rest_longer_than_it_stays_signed_in() {
        for role in Role::ALL {
            assert!(idle_limit(role) <= SIGNED_IN_AT_MOST, "{}", role.code());
        }
        assert_eq!(idle_limit(Role::Administrator), TimeDelta::minutes(30));
        assert_eq!(idle_limit(Role::Coordinator), TimeDelta::hours(2));
    }

    #[test]
    fn each_lock_lasts_twice_as_long_up_to_a_day() {
        let minutes: Vec<_> = (1..=9).map(|it| lock_time(it).num_minutes()).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
        assert_eq!(lock_time(0), TimeDelta::minutes(15));
        assert_eq!(lock_time(i32::MAX), TimeDelta::hours(24));
    }
}
