//! The application of a company, step by step.
use actix_web::web::ServiceConfig;

pub fn routes(_cfg: &mut ServiceConfig) {}
