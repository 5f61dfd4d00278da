//! Everything that follows an appointment: the report and the follow-ups.
pub mod follow_up;
pub mod follow_up_programme;
pub mod report;
