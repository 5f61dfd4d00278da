//! The parts of an application, each parsed once.
pub mod application;
pub mod company;
pub mod contact;
pub mod duplicate;
