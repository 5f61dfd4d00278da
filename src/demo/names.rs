//! Invented companies, people, places and texts. None of them exists.
//!
//! Every function accepts any number, and returns the same value for the same number.
mod company;
mod person;
mod place;
mod words;

pub use company::{CompanyName, company, organization};
pub use person::{PersonName, department, person, position};
pub use place::{Place, place};
pub use words::{
    INDUSTRY_SHARES, ReportText, decline_reason, description, expert_profile, message, organization_referred,
    report,
};

/// Returns the `n`th entry of `list`, beginning again after the last one.
fn nth<T: Copy>(list: &[T], n: usize) -> Option<T> {
    list.get(n.checked_rem(list.len())?).copied()
}

#[cfg(test)]
mod tests;
