//! The parts of an application, each parsed once.
pub mod application;
pub mod company;
pub mod contact;
pub mod desk;
pub mod desk_entry;
pub mod duplicate;
pub mod postal_area;
