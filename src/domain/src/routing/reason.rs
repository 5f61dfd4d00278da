//! The reasons for and against an expert, which are stored with the assignment and shown to the coordinator.
use crate::{booking::availability::Blocked, field::Fields, prefecture::Prefecture};
use chrono::{Datelike, NaiveDate};
use codes::CorrectedField;
use serde::{Deserialize, Serialize};

/// A reason for an expert, or a fact that should be known before they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ReasonFor {
    /// The expert has both of the requested fields.
    BothFields,
    /// Both fields are requested; the expert has this one.
    OneField {
        fields: Fields,
    },
    Load {
        appointments: u32,
        capacity: u32,
    },
    Themes {
        count: u32,
    },
    Industry,
    SamePrefecture,
    /// The expert has advised this company before.
    KnownCompany,
    LastAsked {
        on: NaiveDate,
    },
    NeverAsked,
    /// The company's prefecture is unknown, so it cannot be compared with the prefectures that the expert visits.
    PrefectureUnknown,
    IndustryUnknown,
    /// The expert has declared conflicts of interest, and the company is not matched yet.
    CompanyUnknown,
    /// The expert has declined this consultation, let the request lapse, or was let go, and comes last.
    TurnedDown,
}

/// A reason that rules an expert out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ReasonAgainst {
    /// The expert has only these fields.
    Fields {
        fields: Fields,
    },
    Inactive,
    Absent,
    Conflict,
    /// The expert has declined this consultation, let the request lapse, or was let go.
    AskedBefore,
    NotOnline,
    NoVisits,
    NotThere {
        prefecture: Prefecture,
    },
    DayFull {
        limit: u16,
    },
    WeekFull {
        limit: u16,
    },
    CasesFull {
        limit: u16,
    },
    /// The slot is impossible for another reason.
    Slot {
        blocked: Blocked,
    },
}

impl ReasonFor {
    /// Returns the sentence that the coordinator's page shows.
    pub fn sentence(self) -> String {
        match self {
            Self::BothFields => "両方の分野を担当できます".to_owned(),
            Self::OneField { fields } => format!("{}を担当できます", fields.label()),
            Self::Load { appointments, capacity: 0 } => {
                format!("前後28日の相談が{appointments}件（目安は未設定）")
            }
            Self::Load { appointments, capacity } => {
                format!("前後28日の相談が{appointments}件（目安{capacity}件）")
            }
            Self::Themes { count } => format!("テーマが{count}件一致"),
            Self::Industry => "同じ業種の経験があります".to_owned(),
            Self::SamePrefecture => "同じ都道府県".to_owned(),
            Self::KnownCompany => "この企業を担当したことがあります".to_owned(),
            Self::LastAsked { on } => {
                format!("前回の依頼は{}年{}月{}日", on.year(), on.month(), on.day())
            }
            Self::NeverAsked => "まだ依頼したことがありません".to_owned(),
            Self::PrefectureUnknown => "企業の所在地が未登録です。訪問できるか確認してください".to_owned(),
            Self::IndustryUnknown => "企業の業種が未登録です".to_owned(),
            Self::TurnedDown => {
                "この相談を辞退したか、期限までに回答がなかったか、担当から外れています".to_owned()
            }
            Self::CompanyUnknown => "企業が特定されていません。利益相反がないか確認してください".to_owned(),
        }
    }

    /// Returns the value of the consultation that is missing, so that a page can lead to where it is entered.
    pub const fn missing(self) -> Option<CorrectedField> {
        match self {
            Self::PrefectureUnknown => Some(CorrectedField::Prefecture),
            Self::IndustryUnknown => Some(CorrectedField::Industry),
            Self::CompanyUnknown => Some(CorrectedField::CorporateNumber),
            Self::BothFields
            | Self::OneField { .. }
            | Self::Load { .. }
            | Self::Themes { .. }
            | Self::Industry
            | Self::SamePrefecture
            | Self::KnownCompany
            | Self::LastAsked { .. }
            | Self::NeverAsked
            | Self::TurnedDown => None,
        }
    }

    /// Returns whether the reason is something that a coordinator should look into, rather than a merit.
    pub const fn is_caution(self) -> bool {
        self.missing().is_some() || matches!(self, Self::TurnedDown)
    }
}

impl ReasonAgainst {
    /// Returns the sentence that the coordinator's page shows.
    pub fn sentence(self) -> String {
        match self {
            Self::Fields { fields } => format!("分野が合いません（{}のみ）", fields.label()),
            Self::Inactive => "現在、担当を休止しています".to_owned(),
            Self::Absent => "不在の登録があります".to_owned(),
            Self::Conflict => "この企業との利益相反の申告があります".to_owned(),
            Self::AskedBefore => {
                "この相談を辞退したか、期限までに回答がなかったか、担当から外れました".to_owned()
            }
            Self::NotOnline => "オンラインの相談に対応していません".to_owned(),
            Self::NoVisits => "訪問に対応していません".to_owned(),
            Self::NotThere { prefecture } => format!("{}への訪問に対応していません", prefecture.name()),
            Self::DayFull { limit } => format!("1日の件数の上限（{limit}件）に達しています"),
            Self::WeekFull { limit } => format!("1週間の件数の上限（{limit}件）に達しています"),
            Self::CasesFull { limit } => format!("担当件数の上限（{limit}件）に達しています"),
            Self::Slot { blocked } => blocked.sentence().to_owned(),
        }
    }
}
