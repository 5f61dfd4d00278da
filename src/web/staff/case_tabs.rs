//! The views of one consultation, and the tabs that lead to them.
use domain::number::CaseNumber;

use crate::url;

codes::codes! {
    /// The view of a consultation that a page shows. The codes stand in addresses.
    pub enum View {
        Overview = "overview",
        Messages = "messages",
        Appointments = "sessions",
        Candidates = "candidates",
        SameCompany = "same-company",
        History = "history",
        Mail = "mail",
    }
}

/// A tab of the page.
pub struct Link {
    pub href: String,
    pub label: String,
    pub current: bool,
}

impl View {
    /// Returns the path of the view on the pages of a case.
    pub fn path(self, number: CaseNumber) -> String {
        let case = url::staff(&number);
        if self == Self::Overview { case } else { format!("{case}?view={}", self.code()) }
    }

    /// Returns whether the view only shows what was done: these are left of a case that was merged into another.
    pub const fn is_record(self) -> bool {
        matches!(self, Self::Appointments | Self::History | Self::Mail)
    }
}
