//! Invented programmes: for showing, and for measuring.
pub mod fill;
pub mod names;
