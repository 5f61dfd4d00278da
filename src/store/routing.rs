//! Who is asked: experts with their facts, requests and the plan for all that wait.
pub mod assignment;
pub mod expert;
pub mod plan;
