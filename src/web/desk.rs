//! The pages of a regional first-line desk: its hand-overs and their results.
mod case;
mod list;
mod new;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list::show)
        .service(new::show)
        .service(new::submit)
        .service(case::show)
        .service(case::write)
        .service(case::download);
}
