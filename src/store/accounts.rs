//! Who signs in: accounts, sessions and single-use links.
pub mod account;
pub mod link;
pub mod session;
