//! The facts about a company or organisation (`docs/spec/programme.md` §1.5 and §2).
mod kind;
mod number;
mod size;

pub use kind::{Choice, Industry, Mode, NotChosen, Organization, TeleworkStatus};
pub use number::{BadCorporateNumber, BadPostalCode, CorporateNumber, PostalCode};
pub use size::{BadCapital, BadHeadcount, Capital, Headcount};

#[cfg(test)]
mod tests;
