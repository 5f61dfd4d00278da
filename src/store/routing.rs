//! Routing: experts with their facts, requests, and the plan for all pending consultations.
pub mod assignment;
pub mod expert;
pub mod plan;
