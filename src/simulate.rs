//! A synthetic year of the programme, to compare ways of routing: `madoguchi simulate`.
//!
//! Everything that decides is the domain's: who is eligible, when they are free, how they rank, what the plan is. What
//! is invented is the world: who applies when and where, who declines, falls ill or does not come. Chance depends on the
//! seed and on what it is about, never on what was drawn before, so that every policy meets the same world.
mod chance;
mod outcome;
mod policy;
mod world;
mod year;

pub use outcome::{Outcome, table, write_csv};
pub use policy::Policy;
pub use year::{Booking, simulate};

/// How large the year is, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub seed: u64,
    pub consultations: usize,
    pub experts: usize,
}

#[cfg(test)]
mod tests;
