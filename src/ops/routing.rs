//! Who is asked, and what experts say about themselves.
pub mod assignment;
pub mod expert;
pub mod plan;
pub mod requests;
