//! The party that acts, and its role.
pub use codes::{Party, Role};
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, DeskId, ExpertId};

/// The person or system that changes a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The contact, who acts through a link that only the contact has.
    Company,
    Coordinator(AccountId),
    Expert(ExpertId),
    Desk(DeskId),
    /// The service itself, which acts because a time has come.
    System,
}

impl Actor {
    pub const fn party(self) -> Party {
        match self {
            Self::Company => Party::Company,
            Self::Coordinator(_) => Party::Coordinator,
            Self::Expert(_) => Party::Expert,
            Self::Desk(_) => Party::Desk,
            Self::System => Party::System,
        }
    }
}
