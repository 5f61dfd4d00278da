//! What the service decides. Plain values in, plain values out: no I/O, no clock, no framework.
//!
//! Times are UTC instants unless a name says otherwise; days, opening hours and quarter hours are Japan's.
pub mod id;

pub mod text;
pub mod field;
pub mod prefecture;
pub mod company;
pub mod contact;
pub mod number;

pub mod calendar;
pub mod wording;
pub mod settings;

pub mod availability;
pub mod routing;
