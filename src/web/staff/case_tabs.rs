//! The views of one consultation, and the tabs that lead to them.
use domain::{consultation::ActionKind, number::CaseNumber};

use super::case::Head;
use crate::url;

/// The view of a consultation that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Overview,
    Messages,
    Sessions,
    Candidates,
    SameCompany,
    History,
    Mail,
}

/// A tab of the page.
pub struct Link {
    pub href: String,
    pub label: String,
    pub current: bool,
}

impl View {
    const ALL: [Self; 7] = [
        Self::Overview,
        Self::Messages,
        Self::Sessions,
        Self::Candidates,
        Self::SameCompany,
        Self::History,
        Self::Mail,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Messages => "messages",
            Self::Sessions => "sessions",
            Self::Candidates => "candidates",
            Self::SameCompany => "same-company",
            Self::History => "history",
            Self::Mail => "mail",
        }
    }

    /// Returns the path of the view on the pages of a case.
    pub fn path(self, number: CaseNumber) -> String {
        let case = url::staff(&number);
        if self == Self::Overview { case } else { format!("{case}?view={}", self.code()) }
    }

    /// Returns whether the view only shows what was done: these are left of a case that was merged into another.
    pub const fn is_record(self) -> bool {
        matches!(self, Self::Sessions | Self::History | Self::Mail)
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl Head {
    /// Returns the tabs of the views that the consultation has. One that was merged into another has only records.
    pub fn tabs(&self) -> Vec<Link> {
        let shown = |it: &View| match it {
            View::Sessions | View::History | View::Mail => true,
            View::Candidates => self.can(ActionKind::RequestExperts),
            View::Overview | View::SameCompany | View::Messages => self.kept.is_none(),
        };
        let tab = |it: View| Link {
            href: it.path(self.number()),
            label: match it {
                View::Overview => "概要".to_owned(),
                View::Messages => format!("メッセージ（{}）", self.case.messages),
                View::Sessions => "予約・報告書".to_owned(),
                View::Candidates => "担当候補".to_owned(),
                View::SameCompany if self.case.possible_duplicates > 0 => {
                    format!("同じ企業の可能性（{}）", self.case.possible_duplicates)
                }
                View::SameCompany => "同じ企業の可能性".to_owned(),
                View::History => "履歴".to_owned(),
                View::Mail => "メール".to_owned(),
            },
            current: self.view == Some(it),
        };
        View::ALL.into_iter().filter(shown).map(tab).collect()
    }
}
