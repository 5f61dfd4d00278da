//! The unit of work of a consultation, and who acts on which version of it.
pub mod actor;
pub mod context;
pub(super) mod save;
pub(super) mod transaction;
