//! The life of an outgoing mail: its state, the time of the next attempt, and the rate for each domain.
use chrono::{DateTime, TimeDelta, Utc};
use codes::codes;

pub mod rate_limit;
pub mod topic;

codes! {
    /// The state of a mail as pages show it. The codes stand in page addresses and metrics.
    pub enum MailState {
        /// The mail is not due yet.
        Planned = "planned" => "送信予定",
        /// The mail is due and has not been tried.
        Ready = "ready" => "送信待ち",
        Sending = "sending" => "送信中",
        /// An attempt failed, and the mail will be tried again.
        Deferred = "deferred" => "再送待ち",
        /// A person holds the mail back, or it waits until its reader's address is confirmed.
        Held = "held" => "保留",
        Sent = "sent" => "送信済み",
        Failed = "failed" => "不達",
        /// It cannot be known whether the server accepted the mail. The mail is sent again only by hand.
        Unknown = "unknown" => "結果不明",
        /// The mail is not sent: it is no longer true, not wanted, called off, or over a limit.
        Suppressed = "suppressed" => "送信取りやめ",
    }
}

impl MailState {
    /// Returns whether a person has to look at the mail.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }

    /// Returns whether the mail may still be sent automatically.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Planned | Self::Ready | Self::Deferred)
    }
}

/// The reason for which a mail has to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// The server gave a temporary refusal (4xx).
    Temporary,
    /// There was no connection, or it broke before the message was handed over. This says nothing about the
    /// recipient.
    Connection,
    /// The server's certificate is not trusted, or the server refuses our login; an operator has to fix that.
    Tls,
    /// The connection broke after the message was handed over. Another attempt may deliver a second copy.
    Unknown,
}

/// The time for which a mail is tried after it became due. RFC 5321 §4.5.4.1 asks for at least four to five
/// days of a server on which others rely; after three days, the center should telephone.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(72);

/// The number of times that a mail of unknown outcome may be sent again automatically.
pub const COPIES: i32 = 2;

impl SendFailure {
    /// Returns the first and the longest pause.
    const fn pauses(self) -> (TimeDelta, TimeDelta) {
        match self {
            Self::Temporary => (TimeDelta::minutes(1), TimeDelta::hours(2)),
            Self::Connection => (TimeDelta::seconds(20), TimeDelta::minutes(10)),
            Self::Tls => (TimeDelta::minutes(5), TimeDelta::hours(2)),
            Self::Unknown => (TimeDelta::minutes(10), TimeDelta::hours(2)),
        }
    }
}

/// Returns when to try again after `attempts` earlier attempts. Each pause is twice the one before, up to a
/// limit, and `dice` makes it longer by up to a quarter, so that mails that failed together are not tried
/// again together. Returns `None` if that would be more than `GIVEN_UP_AFTER` after the mail was `due`.
pub fn next_attempt(
    failure: SendFailure,
    attempts: u32,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
    dice: u8,
) -> Option<DateTime<Utc>> {
    let (first, longest) = failure.pauses();
    let pause = (first * 2_i32.pow(attempts.min(16))).min(longest);
    let again = now + pause + pause * i32::from(dice) / (4 * 255);
    (again <= due + GIVEN_UP_AFTER).then_some(again)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::{GIVEN_UP_AFTER, MailState, SendFailure, next_attempt};

    const FAILURES: [SendFailure; 4] =
        [SendFailure::Temporary, SendFailure::Connection, SendFailure::Tls, SendFailure::Unknown];

    /// Returns the pauses of a mail that always fails in this way, until it is given up. Seconds.
    fn pauses(failure: SendFailure, dice: u8) -> Vec<i64> {
        let due = DateTime::<Utc>::UNIX_EPOCH;
        let (mut now, mut pauses) = (due, Vec::new());
        while let Some(again) = next_attempt(failure, u32::try_from(pauses.len()).unwrap(), due, now, dice) {
            pauses.push((again - now).num_seconds());
            now = again;
        }
        assert!(now > due + GIVEN_UP_AFTER - TimeDelta::hours(3), "{failure:?} is given up early");
        pauses
    }

    #[test]
    fn pauses_grow_each_in_its_own_way_and_end_after_three_days() {
        assert_eq!(pauses(SendFailure::Temporary, 0)[..9], [60, 120, 240, 480, 960, 1920, 3840, 7200, 7200]);
        assert_eq!(pauses(SendFailure::Connection, 0)[..7], [20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(pauses(SendFailure::Tls, 0)[..6], [300, 600, 1200, 2400, 4800, 7200]);
        assert_eq!(pauses(SendFailure::Temporary, 255)[..2], [75, 150]);
    }

    #[test]
    fn every_state_of_a_mail_is_found_by_its_code() {
        for state in MailState::ALL {
            assert_eq!(MailState::from_code(state.code()), Some(state));
        }
        assert_eq!(MailState::from_code("waiting"), None);
    }

    proptest! {
        #[test]
        fn the_next_attempt_is_later_and_within_three_days(
            which in 0..4_usize, attempts in 0..10_000_u32, ago in 0..400_000_i64, dice: u8
        ) {
            let due = DateTime::<Utc>::UNIX_EPOCH;
            let now = due + TimeDelta::seconds(ago);
            if let Some(again) = next_attempt(FAILURES[which], attempts, due, now, dice) {
                prop_assert!(again >= now + TimeDelta::seconds(20));
                prop_assert!(again <= now + TimeDelta::minutes(150));
                prop_assert!(again <= due + GIVEN_UP_AFTER);
            } else {
                prop_assert!(now > due + GIVEN_UP_AFTER - TimeDelta::minutes(150));
            }
        }
    }

    #[test]
    fn a_mail_waits_or_is_trouble_or_neither() {
        for state in MailState::ALL {
            let waits = matches!(state, MailState::Planned | MailState::Ready | MailState::Deferred);
            let trouble = matches!(state, MailState::Failed | MailState::Unknown);
            assert_eq!((state.is_waiting(), state.is_trouble()), (waits, trouble), "{state:?}");
        }
        let labels: std::collections::BTreeSet<_> = MailState::ALL.iter().map(|it| it.label()).collect();
        assert_eq!((labels.len(), MailState::Failed.label()), (MailState::ALL.len(), "不達"));
    }
}
