//! What the service does. Each operation is one transaction: load, decide, save, write the history and the mail.
//!
//! The files lie on each other without a circle: `case::context`, then what follows from a change (`booking::after_change`), the gate
//! (`case::transaction`), notices and requests, and above them the operations.
pub mod accounts;
pub mod aftercare;
pub mod booking;
pub mod calendars;
pub mod case;
pub mod consultation;
pub mod correspondence;
pub mod housekeeping;
pub mod intake;
pub mod readiness;
pub mod reference;
pub mod routing;
pub mod worklist;
