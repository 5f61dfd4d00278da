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
    /// A desk, and the person who acts for it, if known.
    Desk(DeskId, Option<AccountId>),
    /// The service itself, which acts because a time has come.
    System,
    /// A coordinator who records what a company or an expert has said, by telephone for example.
    Stead(AccountId, Represented),
}

/// The party in whose stead a coordinator acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Represented {
    Company,
    Expert(ExpertId),
}

impl Represented {
    pub const fn party(self) -> Party {
        match self {
            Self::Company => Party::Company,
            Self::Expert(_) => Party::Expert,
        }
    }
}

impl From<ExpertId> for Actor {
    fn from(id: ExpertId) -> Self {
        Self::Expert(id)
    }
}

impl Actor {
    /// Returns the party of the person who acts: the center for a coordinator who acts in another's stead.
    pub const fn party(self) -> Party {
        match self {
            Self::Company => Party::Company,
            Self::Coordinator(_) | Self::Stead(..) => Party::Coordinator,
            Self::Expert(_) => Party::Expert,
            Self::Desk(..) => Party::Desk,
            Self::System => Party::System,
        }
    }

    /// Returns the party in whose stead the actor acts, if there is one.
    pub const fn represented(self) -> Option<Represented> {
        match self {
            Self::Stead(_, whom) => Some(whom),
            Self::Company | Self::Coordinator(_) | Self::Expert(_) | Self::Desk(..) | Self::System => None,
        }
    }

    /// Returns the actor whose decision it is: the represented one, or else the actor.
    pub const fn principal(self) -> Self {
        match self {
            Self::Stead(_, Represented::Company) => Self::Company,
            Self::Stead(_, Represented::Expert(id)) => Self::Expert(id),
            Self::Company | Self::Coordinator(_) | Self::Expert(_) | Self::Desk(..) | Self::System => self,
        }
    }
}
