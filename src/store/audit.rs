//! The events of a consultation, their hash chain, and the log that an administrator reads.
pub mod event;
pub mod hash_chain;
pub mod log;
