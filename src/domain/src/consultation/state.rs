//! The state of a consultation, and the party whose turn it is.
pub use codes::{ConsultationStatus, Turn, UnfulfilledReason};
use serde::{Deserialize, Serialize};

/// The state of a consultation. Each variant holds the data that exist only in that state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Received,
    Checking,
    WaitingCompany,
    Matching,
    Scheduling,
    Booked,
    Consulted,
    FollowUp,
    Completed,
    Withdrawn,
    Unfulfilled {
        reason: UnfulfilledReason,
    },
    Referred {
        /// The organisation to which the company was referred.
        organization: String,
    },
}

/// The way in which a consultation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Completed,
    Withdrawn,
    Unfulfilled,
    Referred,
}

impl State {
    /// Returns the state without its data.
    pub const fn status(&self) -> ConsultationStatus {
        match self {
            Self::Received => ConsultationStatus::Received,
            Self::Checking => ConsultationStatus::Checking,
            Self::WaitingCompany => ConsultationStatus::WaitingCompany,
            Self::Matching => ConsultationStatus::Matching,
            Self::Scheduling => ConsultationStatus::Scheduling,
            Self::Booked => ConsultationStatus::Booked,
            Self::Consulted => ConsultationStatus::Consulted,
            Self::FollowUp => ConsultationStatus::FollowUp,
            Self::Completed => ConsultationStatus::Completed,
            Self::Withdrawn => ConsultationStatus::Withdrawn,
            Self::Unfulfilled { .. } => ConsultationStatus::Unfulfilled,
            Self::Referred { .. } => ConsultationStatus::Referred,
        }
    }

    pub const fn code(&self) -> &'static str {
        self.status().code()
    }

    pub const fn label(&self) -> &'static str {
        self.status().label()
    }

    /// Returns whether no expert has been asked yet, so that the center or the company can still change what is asked for.
    pub const fn is_before_routing(&self) -> bool {
        matches!(self, Self::Received | Self::Checking | Self::WaitingCompany)
    }

    pub const fn turn(&self) -> Turn {
        match self {
            Self::Received | Self::Checking | Self::FollowUp => Turn::Center,
            Self::WaitingCompany | Self::Scheduling => Turn::Company,
            Self::Matching | Self::Consulted => Turn::Expert,
            Self::Booked => Turn::Nobody,
            Self::Completed | Self::Withdrawn | Self::Unfulfilled { .. } | Self::Referred { .. } => {
                Turn::Ended
            }
        }
    }

    pub const fn ended(&self) -> Option<Ended> {
        match self {
            Self::Completed => Some(Ended::Completed),
            Self::Withdrawn => Some(Ended::Withdrawn),
            Self::Unfulfilled { .. } => Some(Ended::Unfulfilled),
            Self::Referred { .. } => Some(Ended::Referred),
            Self::Received
            | Self::Checking
            | Self::WaitingCompany
            | Self::Matching
            | Self::Scheduling
            | Self::Booked
            | Self::Consulted
            | Self::FollowUp => None,
        }
    }

    pub const fn is_open(&self) -> bool {
        self.ended().is_none()
    }
}
