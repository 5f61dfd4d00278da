//! What the service does. Each operation is one transaction.
pub mod account;
pub mod password;
