//! Who acts, and in which role.
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, DeskId, ExpertId};

/// The role of an account that signs in with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Coordinator,
    Expert,
    Desk,
    Observer,
    Administrator,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Coordinator, Self::Expert, Self::Desk, Self::Observer, Self::Administrator];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Expert => "expert",
            Self::Desk => "desk",
            Self::Observer => "observer",
            Self::Administrator => "administrator",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Coordinator => "相談センター",
            Self::Expert => "専門家",
            Self::Desk => "一次相談窓口",
            Self::Observer => "所管省庁",
            Self::Administrator => "管理者",
        }
    }
}

/// Whoever changes a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The contact, by a link that only the contact has.
    Company,
    Coordinator(AccountId),
    Expert(ExpertId),
    Desk(DeskId),
    /// What happens because its time has come.
    System,
}

/// An actor without the identity: what the table of transitions speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Company,
    Coordinator,
    Expert,
    Desk,
    System,
}

impl Party {
    pub const ALL: [Self; 5] = [Self::Company, Self::Coordinator, Self::Expert, Self::Desk, Self::System];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Coordinator => "coordinator",
            Self::Expert => "expert",
            Self::Desk => "desk",
            Self::System => "system",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Company => "企業",
            Self::Coordinator => "センター",
            Self::Expert => "専門家",
            Self::Desk => "一次相談窓口",
            Self::System => "システム",
        }
    }
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
