//! Figures for observers and the public.
use actix_web::web::ServiceConfig;

pub fn routes(_cfg: &mut ServiceConfig) {}
