//! The unit of work of a consultation, and the actor with the version that they have seen.
pub mod actor;
pub mod context;
pub(super) mod save;
pub(super) mod transaction;
