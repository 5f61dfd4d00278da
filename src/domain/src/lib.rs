//! The decisions of the service. Functions take and return plain values: no I/O, no clock, no framework.
//!
//! Times are UTC instants unless a name says otherwise; days, opening hours and quarter hours are in Japan
//! time.
pub mod accounts;
pub mod actor;
pub mod aftercare;
pub mod booking;
pub mod correspondence;
pub mod id;
pub mod intake;

pub mod field;
pub mod number;
pub mod prefecture;
pub mod text;
pub mod theme;

pub mod calendar;
pub mod settings;
pub mod wording;

pub mod consultation;
pub mod due;
pub mod retention;
pub mod silence;
pub mod statistics;
pub mod worklist;

pub mod routing;

pub mod campaign;
pub mod gathering;
pub mod network;
pub mod publication;
pub mod survey;
