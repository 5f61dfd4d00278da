//! The views of one consultation, and the tabs that lead to them.
use domain::number::CaseNumber;

use crate::url;

/// The view of a consultation that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Overview,
    Messages,
    Appointments,
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
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Messages,
        Self::Appointments,
        Self::Candidates,
        Self::SameCompany,
        Self::History,
        Self::Mail,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Messages => "messages",
            Self::Appointments => "sessions",
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
        matches!(self, Self::Appointments | Self::History | Self::Mail)
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
