//! What a company sees of its own consultations.
use actix_web::web::ServiceConfig;

pub fn routes(_cfg: &mut ServiceConfig) {}
