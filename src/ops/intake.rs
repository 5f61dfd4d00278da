//! The intake of applications.
pub mod apply;
