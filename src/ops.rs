//! The operations of the service. Each one is a transaction: it loads, decides, saves, and writes the history and the
//! mail.
//!
//! The modules depend on each other without a cycle, in this order: `case::context`, the steps that follow a change
//! (`booking::after_change`), the unit of work (`case::transaction`), notices and requests, and then the operations.
pub mod accounts;
pub mod aftercare;
pub mod booking;
pub mod calendars;
pub mod campaign;
pub mod case;
pub mod consultation;
pub mod correspondence;
pub mod file_import;
pub mod gathering;
pub mod housekeeping;
pub mod intake;
pub mod network;
pub mod publication;
pub mod readiness;
pub mod reference;
pub mod retention;
pub mod routing;
pub mod statistics;
pub mod survey;
pub mod worklist;
