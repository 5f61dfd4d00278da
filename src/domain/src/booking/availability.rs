//! The free time of experts, and the times at which a company can meet them.
//!
//! Time is counted in quarter hours from 6:00 to 22:00 Japan time, so that one expert's day is one `u64` ([`Day`])
//! and the computation of free time, joint time, buffers and travel consists of bit operations.
mod change;
mod day;
mod footprint;
mod occupied;
mod pool;
mod quarter;
mod rule;
mod search;
mod span;
mod team;
mod why;

pub use change::schedule_changes;
pub use day::Day;
pub use footprint::{Distance, Footprint, Site};
#[cfg(test)]
pub(crate) use occupied::tests::PlacedAppointment;
pub use occupied::{BusyDay, Occupied};
pub use pool::{AppointmentLimits, Calendar, Pool};
pub use quarter::{QUARTERS, Slot, quarter_index, quarter_start, touched_quarters};
pub use rule::{Absence, Exception, ExceptionChange, Schedule, WeeklyRule};
pub use search::{SlotQuery, Teams, Window};
pub use span::{NoSpan, Span};
pub use team::{MOST_POSTS, Skills, TeamQuery};
pub use why::{Blocked, WhyNone};
