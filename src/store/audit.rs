//! The events of a consultation, their hash chain, the changes of experts' schedules, the acts of editors, and the log that
//! an administrator reads.
pub mod editor_act;
pub mod event;
pub mod hash_chain;
pub mod log;
pub mod schedule_change;
