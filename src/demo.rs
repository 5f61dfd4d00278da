//! Invented programmes, for demonstration and for measuring.
pub mod arrivals;
pub mod fill;
pub mod names;
pub mod programme;

mod answers;
mod applicant;
mod dice;
mod rows;
mod staff;
