//! What the service decides. Plain values in, plain values out: no I/O, no clock, no framework.
//!
//! Times are UTC instants unless a name says otherwise; days, opening hours and quarter hours are Japan's.
pub mod actor;
pub mod application;
pub mod id;

pub mod company;
pub mod contact;
pub mod field;
pub mod number;
pub mod prefecture;
pub mod text;
pub mod theme;

pub mod calendar;
pub mod settings;
pub mod wording;

pub mod appointment;
pub mod assignment;
pub mod consultation;
pub mod due;
pub mod follow_up;
pub mod inbound;
pub mod notice;
pub mod outgoing;
pub mod reply_template;
pub mod report;
pub mod statistics;
pub mod waiting;

pub mod availability;
pub mod planning;
pub mod routing;
