//! The intake of applications.
pub mod apply;
pub mod company_merge;
pub mod corporate_number;
pub mod desk_entry;
