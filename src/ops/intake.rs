//! How an application comes in.
pub mod apply;
