//! The network: mentors, questions to them, and the words of both sides.
pub mod mentor;
pub mod message;
pub mod question;
pub mod statistics;
