//! Accounts, sessions and single-use links, by which people sign in.
pub mod account;
pub mod known_device;
pub mod link;
pub mod second_factor;
pub mod session;
pub mod sign_in_attempt;
pub mod sign_in_failure;
pub mod unfinished;
