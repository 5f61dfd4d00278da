//! Digests of what the center and the experts have to do.
pub mod digest;
