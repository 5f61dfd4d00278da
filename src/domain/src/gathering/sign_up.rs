//! The life of a sign-up.
use chrono::{DateTime, Utc};
use codes::SignUpStatus;

use super::seats::Admission;

/// The state of a sign-up with its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpState {
    /// The address is not confirmed. It has no seat, and is forgotten after `until`.
    Unconfirmed {
        until: DateTime<Utc>,
    },
    Waiting {
        since: DateTime<Utc>,
    },
    /// A seat is held until the participant answers.
    Offered {
        number: i32,
        until: DateTime<Utc>,
    },
    Seated {
        number: i32,
    },
    Cancelled,
    Ended,
    WalkIn,
}

/// Why an act on a sign-up is refused, as the page says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignUpRefused {
    #[error("確認の期限が過ぎました。もう一度お申し込みください。")]
    ConfirmedTooLate,
    #[error("このイベントの受付は終わりました。")]
    Closed,
    #[error("このイベントは中止になりました。")]
    CalledOff,
    #[error("満席です。空き待ちも定員に達しました。")]
    Full,
    #[error("席をお取り置きする期限が過ぎました。")]
    OfferOver,
    #[error("この申込みは取り消されています。")]
    Cancelled,
    #[error("この席の種類は、このイベントにはありません。")]
    NoSuchSeats,
    #[error("選んだ席は満席です。いまの申込みはそのままです。")]
    OtherSeatsFull,
    #[error("この申込みでは、この操作はできません。")]
    NotNow,
}

impl SignUpState {
    pub const fn status(self) -> SignUpStatus {
        match self {
            Self::Unconfirmed { .. } => SignUpStatus::Unconfirmed,
            Self::Waiting { .. } => SignUpStatus::Waiting,
            Self::Offered { .. } => SignUpStatus::Offered,
            Self::Seated { .. } => SignUpStatus::Seated,
            Self::Cancelled => SignUpStatus::Cancelled,
            Self::Ended => SignUpStatus::Ended,
            Self::WalkIn => SignUpStatus::WalkIn,
        }
    }

    /// Returns the number of the seat that it holds.
    pub const fn number(self) -> Option<i32> {
        match self {
            Self::Offered { number, .. } | Self::Seated { number } => Some(number),
            Self::Unconfirmed { .. }
            | Self::Waiting { .. }
            | Self::Cancelled
            | Self::Ended
            | Self::WalkIn => None,
        }
    }

    /// Returns the end of the time to confirm the address, or to take an offered seat.
    pub const fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Unconfirmed { until } | Self::Offered { until, .. } => Some(until),
            Self::Waiting { .. } | Self::Seated { .. } | Self::Cancelled | Self::Ended | Self::WalkIn => None,
        }
    }

    /// Returns whether it can still lead to a seat, or has one. An address has at most one such sign-up for an event.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Unconfirmed { .. } | Self::Waiting { .. } | Self::Offered { .. } | Self::Seated { .. } => {
                true
            }
            Self::Cancelled | Self::Ended | Self::WalkIn => false,
        }
    }

    /// Confirms the address: the person gets the seat with the number `free`, or waits. A repeated confirmation
    /// changes nothing.
    pub fn confirm(self, admission: Admission, free: i32, now: DateTime<Utc>) -> Result<Self, SignUpRefused> {
        match (self, admission) {
            (Self::Unconfirmed { until }, _) if until <= now => Err(SignUpRefused::ConfirmedTooLate),
            (Self::Unconfirmed { .. }, Admission::Seat) => Ok(Self::Seated { number: free }),
            (Self::Unconfirmed { .. }, Admission::Waits) => Ok(Self::Waiting { since: now }),
            (Self::Unconfirmed { .. }, Admission::Full) => Err(SignUpRefused::Full),
            (Self::Waiting { .. } | Self::Offered { .. } | Self::Seated { .. }, _) => Ok(self),
            (Self::Cancelled | Self::Ended | Self::WalkIn, _) => Err(SignUpRefused::Cancelled),
        }
    }

    /// Offers a seat to a person who waits.
    pub const fn offer(self, number: i32, until: DateTime<Utc>) -> Result<Self, SignUpRefused> {
        if let Self::Waiting { .. } = self {
            Ok(Self::Offered { number, until })
        } else {
            Err(SignUpRefused::NotNow)
        }
    }

    /// Takes the offered seat. Doing so twice changes nothing.
    pub fn accept(self, now: DateTime<Utc>) -> Result<Self, SignUpRefused> {
        match self {
            Self::Offered { number, until } if now < until => Ok(Self::Seated { number }),
            Self::Seated { .. } => Ok(self),
            Self::Offered { .. } | Self::Ended => Err(SignUpRefused::OfferOver),
            Self::Unconfirmed { .. } | Self::Waiting { .. } | Self::WalkIn => Err(SignUpRefused::NotNow),
            Self::Cancelled => Err(SignUpRefused::Cancelled),
        }
    }

    /// Gives the seat, the offer or the place on the waiting list back. Doing so twice changes nothing.
    pub const fn cancel(self) -> Result<Self, SignUpRefused> {
        match self {
            Self::WalkIn => Err(SignUpRefused::NotNow),
            Self::Ended => Ok(Self::Ended),
            Self::Unconfirmed { .. }
            | Self::Waiting { .. }
            | Self::Offered { .. }
            | Self::Seated { .. }
            | Self::Cancelled => Ok(Self::Cancelled),
        }
    }

    /// Ends an offer that was not answered in time; `None` if there is none, or it still has time.
    pub fn lapse(self, now: DateTime<Utc>) -> Option<Self> {
        matches!(self, Self::Offered { until, .. } if until <= now).then_some(Self::Ended)
    }
}
