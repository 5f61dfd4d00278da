//! Where a consultation stands, and whose turn that makes it.
pub use codes::{ConsultationStatus, Turn, UnfulfilledReason};
use serde::{Deserialize, Serialize};

/// Where a consultation stands. Each state carries what is known in it alone.
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
        /// The organisation that the company was referred to.
        organization: String,
    },
}

/// How a consultation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Completed,
    Withdrawn,
    Unfulfilled,
    Referred,
}

impl State {
    /// The state without what it carries.
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
