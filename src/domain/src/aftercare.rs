//! The report on an appointment and the questions that follow it.
pub mod follow_up;
pub mod report;
