//! A synthetic year of the programme, to compare ways of routing: `madoguchi simulate`.
//!
//! Every decision is made by `domain`: which experts are eligible, when they are free, how they rank, and what the
//! plan is. The world is invented: which companies apply when and where, and who declines, falls ill or does not
//! come. A random number depends on the seed and on what it decides, never on the numbers drawn before, so that every
//! policy meets the same world.
mod chance;
mod outcome;
mod policy;
mod world;
mod year;

pub use outcome::{Outcome, table, write_csv};
pub use policy::Policy;
pub use year::{Booking, simulate};

/// The size of the year, and the seed that selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub seed: u64,
    pub consultations: usize,
    pub experts: usize,
}

#[cfg(test)]
mod tests;
