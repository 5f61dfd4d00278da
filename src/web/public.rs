//! The pages for all visitors.
mod pages;
mod unsubscribe;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(pages::start)
        .service(pages::privacy)
        .service(pages::accessibility)
        .service(pages::help)
        .service(unsubscribe::show)
        .service(unsubscribe::submit);
}
