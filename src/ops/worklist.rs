//! What the center and the experts have to do: the digests.
pub mod digest;
