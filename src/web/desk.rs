//! What a regional first-line desk hands over, and what becomes of it.
mod list;
mod new;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list::show).service(new::show).service(new::submit);
}
