//! What the service does. Each operation is one transaction: load, decide, save, write the history and the mail.
//!
//! The files lie on each other without a circle: `context`, then what follows from a change (`after_change`), the gate
//! (`case_transaction`), notices and requests, and above them the operations.
pub mod account;
pub mod actor_at;
mod after_change;
pub mod apply;
pub mod appointment;
pub mod assignment;
pub mod attachment;
pub mod budget;
mod case_transaction;
pub mod consultation;
pub mod contact;
pub mod context;
pub mod digest;
pub mod expert;
pub mod follow_up;
pub mod follow_up_programme;
pub mod free;
pub mod housekeeping;
pub mod inbound;
pub mod invitation;
pub mod mail_text;
pub mod message;
mod notices;
pub mod offers;
pub mod outbox;
pub mod outside;
pub mod plan;
pub mod proposal;
pub mod readiness;
pub mod reply_template;
pub mod report;
pub mod requests;
pub mod room;
mod save;
pub mod settings;
pub mod substitute;
mod venue;
pub mod waiting;
mod waiting_offer;
pub mod wishes;
