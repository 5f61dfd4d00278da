//! Invented programmes: for showing, and for measuring.
pub mod names;
