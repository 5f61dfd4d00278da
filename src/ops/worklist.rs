//! The work of the center and the experts: digests, tasks, tags, cases that are put aside, and who looks at a case.
pub mod digest;
pub mod snooze;
pub mod tag;
pub mod task;
pub mod visit;
