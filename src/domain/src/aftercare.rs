//! What follows an appointment: the report and the questions afterwards.
pub mod follow_up;
pub mod report;
