//! Accounts, sessions and single-use links, by which people sign in.
pub mod account;
pub mod link;
pub mod session;
pub mod sign_in_attempt;
pub mod unfinished;
