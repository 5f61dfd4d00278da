//! What the service does. Each operation is one transaction: load, decide, save, write the history and the mail.
pub mod account;
pub mod apply;
pub mod appointment;
pub mod assignment;
mod budget;
pub mod consultation;
pub mod contact;
pub mod expert;
pub mod follow_up;
pub mod housekeeping;
pub mod invitation;
pub mod message;
pub mod offers;
pub mod outbox;
pub mod password;
pub mod report;
pub mod settings;
mod work;
