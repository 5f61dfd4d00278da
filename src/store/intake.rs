//! Incoming applications: drafts, and the company that an application belongs to.
pub mod company;
pub mod draft;
