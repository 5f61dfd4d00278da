//! The life of a registration, and its entry in the public list.
use chrono::{DateTime, Utc};
use codes::{Industry, RegistrationStatus};

use crate::text::{TextLine, search_key};

/// The part of a registration that the public list shows: nothing else of it is public. The reading gives the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub name: TextLine,
    pub kana: TextLine,
    pub industry: Industry,
}

/// The rows of the Japanese syllabary by which the list is opened, each with the signs with which readings of it begin.
pub const KANA_ROWS: [(&str, &str); 10] = [
    ("ア", "アイウエオヴ"),
    ("カ", "カキクケコガギグゲゴ"),
    ("サ", "サシスセソザジズゼゾ"),
    ("タ", "タチツテトダヂヅデド"),
    ("ナ", "ナニヌネノ"),
    ("ハ", "ハヒフヘホバビブベボパピプペポ"),
    ("マ", "マミムメモ"),
    ("ヤ", "ヤユヨ"),
    ("ラ", "ラリルレロ"),
    ("ワ", "ワヲン"),
];

/// The state of a registration with its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationState {
    /// The address is not proved. Nothing else is mailed to it, and it is forgotten after `until`.
    Unproved {
        until: DateTime<Utc>,
    },
    /// The center has to decide, since then.
    Waiting {
        since: DateTime<Utc>,
    },
    Approved,
    Rejected,
    Withdrawn,
    Lapsed,
}

/// A registration as far as it decides about the public list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationLife {
    pub state: RegistrationState,
    /// The entry as the registrant wants it.
    pub wanted: Listing,
    /// The entry that the public list shows: one that was approved.
    pub listed: Option<Listing>,
}

/// Why an act on a registration is refused, as the page says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefused {
    #[error("確認の期限が過ぎました。もう一度登録してください。")]
    ProvedTooLate,
    #[error("登録の受付期間ではありません。")]
    Closed,
    #[error("この登録は取り下げられています。")]
    Withdrawn,
    #[error("この登録は、すでに承認されています。")]
    Approved,
    #[error("この登録では、この操作はできません。")]
    NotNow,
    #[error("同じメールアドレスと名称の登録が、すでにあります。")]
    Twice,
}

impl Listing {
    /// Returns the key by which the list is searched: the folded name and reading.
    pub fn key(&self) -> String {
        format!("{} {}", self.name.search_key(), search_key(self.kana.as_str()))
    }
}

impl RegistrationState {
    pub const fn status(self) -> RegistrationStatus {
        match self {
            Self::Unproved { .. } => RegistrationStatus::Unproved,
            Self::Waiting { .. } => RegistrationStatus::Waiting,
            Self::Approved => RegistrationStatus::Approved,
            Self::Rejected => RegistrationStatus::Rejected,
            Self::Withdrawn => RegistrationStatus::Withdrawn,
            Self::Lapsed => RegistrationStatus::Lapsed,
        }
    }

    /// Returns whether it is registered, or can still be. An address has at most one such registration of a name.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Unproved { .. } | Self::Waiting { .. } | Self::Approved => true,
            Self::Rejected | Self::Withdrawn | Self::Lapsed => false,
        }
    }
}

impl RegistrationLife {
    /// Begins the life of a registration whose address is to be proved.
    pub const fn new(wanted: Listing, until: DateTime<Utc>) -> Self {
        Self { state: RegistrationState::Unproved { until }, wanted, listed: None }
    }

    /// Begins the life of a registration from a file, which the person who takes it has approved.
    pub fn taken(wanted: Listing) -> Self {
        Self { state: RegistrationState::Approved, listed: Some(wanted.clone()), wanted }
    }

    /// Returns whether it waits for the approval of a change; its earlier entry is still in the list.
    pub const fn is_change(&self) -> bool {
        self.listed.is_some() && matches!(self.state, RegistrationState::Waiting { .. })
    }

    /// Proves the address. A repeated proof changes nothing.
    pub fn prove(self, now: DateTime<Utc>) -> Result<Self, RegistrationRefused> {
        match self.state {
            RegistrationState::Unproved { until } if until <= now => Err(RegistrationRefused::ProvedTooLate),
            RegistrationState::Unproved { .. } => {
                Ok(self.in_state(RegistrationState::Waiting { since: now }))
            }
            RegistrationState::Waiting { .. } | RegistrationState::Approved | RegistrationState::Rejected => {
                Ok(self)
            }
            RegistrationState::Withdrawn => Err(RegistrationRefused::Withdrawn),
            RegistrationState::Lapsed => Err(RegistrationRefused::NotNow),
        }
    }

    /// Approves the registration or its change: the list shows it as wanted. A rejected or lapsed one can be approved
    /// later.
    pub fn approve(self) -> Result<Self, RegistrationRefused> {
        match self.state {
            RegistrationState::Waiting { .. } | RegistrationState::Rejected | RegistrationState::Lapsed => {
                let listed = Some(self.wanted.clone());
                Ok(Self { listed, ..self.in_state(RegistrationState::Approved) })
            }
            RegistrationState::Approved => Err(RegistrationRefused::Approved),
            RegistrationState::Withdrawn => Err(RegistrationRefused::Withdrawn),
            RegistrationState::Unproved { .. } => Err(RegistrationRefused::NotNow),
        }
    }

    /// Rejects the registration. A rejected change leaves the approved entry as it is; an approval that is taken back
    /// removes the entry.
    pub fn reject(self) -> Result<Self, RegistrationRefused> {
        match self.state {
            RegistrationState::Waiting { .. } => Ok(self.undecided(RegistrationState::Rejected)),
            RegistrationState::Approved => {
                Ok(Self { listed: None, ..self.in_state(RegistrationState::Rejected) })
            }
            RegistrationState::Withdrawn => Err(RegistrationRefused::Withdrawn),
            RegistrationState::Unproved { .. } | RegistrationState::Rejected | RegistrationState::Lapsed => {
                Err(RegistrationRefused::NotNow)
            }
        }
    }

    /// Ends the wait of a registration about which no person has decided. A change that waits is dropped.
    pub fn lapse(self) -> Self {
        match self.state {
            RegistrationState::Waiting { .. } => self.undecided(RegistrationState::Lapsed),
            RegistrationState::Unproved { .. }
            | RegistrationState::Approved
            | RegistrationState::Rejected
            | RegistrationState::Withdrawn
            | RegistrationState::Lapsed => self,
        }
    }

    /// Takes the data as the registrant wants them now. An approved registration whose entry differs is approved anew,
    /// and the list shows the earlier entry until then; a rejected one is decided about again.
    pub fn change(self, wanted: Listing, now: DateTime<Utc>) -> Result<Self, RegistrationRefused> {
        let waiting = RegistrationState::Waiting { since: now };
        let is_listed = self.listed.as_ref() == Some(&wanted);
        let state = match self.state {
            RegistrationState::Waiting { .. } | RegistrationState::Approved if is_listed => {
                RegistrationState::Approved
            }
            RegistrationState::Waiting { .. } => self.state,
            RegistrationState::Approved | RegistrationState::Rejected => waiting,
            RegistrationState::Withdrawn => return Err(RegistrationRefused::Withdrawn),
            RegistrationState::Unproved { .. } | RegistrationState::Lapsed => {
                return Err(RegistrationRefused::NotNow);
            }
        };
        Ok(Self { wanted, ..self.in_state(state) })
    }

    /// Withdraws the registration, which leaves the list. Doing so twice changes nothing.
    pub fn withdraw(self) -> Self {
        Self { listed: None, ..self.in_state(RegistrationState::Withdrawn) }
    }

    fn in_state(self, state: RegistrationState) -> Self {
        Self { state, ..self }
    }

    /// Goes back to the approved entry; without one, ends in `state`.
    fn undecided(self, state: RegistrationState) -> Self {
        match self.listed.clone() {
            Some(wanted) => Self { wanted, ..self.in_state(RegistrationState::Approved) },
            None => self.in_state(state),
        }
    }
}
