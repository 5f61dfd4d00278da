//! The pages of a regional first-line desk: the requests that it notes, its hand-overs and their results.
mod calls;
mod case;
mod list;
mod new;
mod statistics;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list::show)
        .service(new::show)
        .service(new::submit)
        .service(calls::begin)
        .service(calls::note)
        .service(calls::list)
        .service(calls::show)
        .service(calls::change)
        .service(statistics::show)
        .service(case::show)
        .service(case::write)
        .service(case::download);
}
