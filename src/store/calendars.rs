//! External calendars, cancelled invitations and time proposals.
pub mod cancelled_invitation;
pub mod external;
pub mod time_proposal;
