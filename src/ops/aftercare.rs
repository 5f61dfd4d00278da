//! The report after an appointment, and the follow-up questions.
pub mod follow_up;
pub mod follow_up_programme;
pub mod further;
pub mod held;
pub mod recommended;
pub mod report;
pub mod report_gap;
