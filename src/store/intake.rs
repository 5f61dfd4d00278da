//! Incoming applications: drafts, and the company that an application belongs to.
pub mod company;
pub mod company_merge;
pub mod desk_entry;
pub mod draft;
pub mod duplicate;
pub mod duplicate_key;
pub mod told_apart;
