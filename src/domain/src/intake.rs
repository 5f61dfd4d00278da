//! What an application says, parsed once.
pub mod application;
pub mod company;
pub mod contact;
