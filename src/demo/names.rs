//! What invented data is made of: companies, people, places and what they write. Nothing here exists.
//!
//! Every function takes a number and answers for any of them, the same each time.
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

/// The `n`th of `list`, which goes round.
fn nth<T: Copy>(list: &[T], n: usize) -> Option<T> {
    list.get(n.checked_rem(list.len())?).copied()
}

#[cfg(test)]
mod tests;
