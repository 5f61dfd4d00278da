//! Routing: requests to experts and their answers, and the experts' own data.
pub mod assignment;
pub mod expert;
pub mod plan;
pub mod presence;
pub mod replacement;
pub mod requests;
