//! Calendars outside of the service: external ones, cancelled invitations and proposed times.
pub mod cancelled_invitation;
pub mod external;
pub mod time_proposal;
