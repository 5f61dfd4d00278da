//! Where a consultation stands, and whose turn that makes it.
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

/// Why a consultation could not take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnfulfilledReason {
    NotEligible,
    NoSuitableTime,
    Unreachable,
    NoExpert,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Center,
    Company,
    Expert,
    Nobody,
    Ended,
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
    /// The name in tables, addresses and exports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Checking => "checking",
            Self::WaitingCompany => "waiting_company",
            Self::Matching => "matching",
            Self::Scheduling => "scheduling",
            Self::Booked => "booked",
            Self::Consulted => "consulted",
            Self::FollowUp => "follow_up",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
            Self::Unfulfilled { .. } => "unfulfilled",
            Self::Referred { .. } => "referred",
        }
    }

    pub const fn label(&self) -> &'static str {
        match self {
            Self::Received => "受付済み",
            Self::Checking => "確認中",
            Self::WaitingCompany => "追加確認待ち",
            Self::Matching => "担当者調整中",
            Self::Scheduling => "日程調整中",
            Self::Booked => "予約確定",
            Self::Consulted => "相談実施済み",
            Self::FollowUp => "フォロー中",
            Self::Completed => "完了",
            Self::Withdrawn => "取下げ",
            Self::Unfulfilled { .. } => "不成立",
            Self::Referred { .. } => "他機関案内",
        }
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

impl Turn {
    pub const ALL: [Self; 5] = [Self::Center, Self::Company, Self::Expert, Self::Nobody, Self::Ended];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Center => "center",
            Self::Company => "company",
            Self::Expert => "expert",
            Self::Nobody => "nobody",
            Self::Ended => "ended",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Center => "センターの番",
            Self::Company => "企業の番",
            Self::Expert => "専門家の番",
            Self::Nobody => "予約確定",
            Self::Ended => "終了",
        }
    }
}

impl UnfulfilledReason {
    pub const ALL: [Self; 4] = [Self::NotEligible, Self::NoSuitableTime, Self::Unreachable, Self::NoExpert];

    pub const fn code(self) -> &'static str {
        match self {
            Self::NotEligible => "not_eligible",
            Self::NoSuitableTime => "no_suitable_time",
            Self::Unreachable => "unreachable",
            Self::NoExpert => "no_expert",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::NotEligible => "対象外",
            Self::NoSuitableTime => "日程が合わない",
            Self::Unreachable => "連絡がとれない",
            Self::NoExpert => "担当できる専門家がいない",
        }
    }
}
