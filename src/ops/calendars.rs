//! Calendars that are kept outside of the service.
pub mod external;
pub mod time_proposal;
