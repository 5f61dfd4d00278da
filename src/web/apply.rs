//! A company's application, step by step. The draft's random id in the address is the only key to it.
mod confirm;
mod done;
mod questions;
mod resume;
mod review;
mod saved;
mod slot;
mod start;
mod step;
mod writing;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    // `resume` is registered before the drafts because it also fits their pattern.
    cfg.service(start::show)
        .service(start::begin)
        .service(resume::show)
        .service(resume::send)
        .service(resume::resume_draft)
        .service(questions::show)
        .service(questions::submit)
        .service(slot::show)
        .service(slot::submit)
        .service(confirm::show)
        .service(confirm::submit)
        .service(confirm::extend)
        .service(saved::show)
        .service(saved::mail)
        .service(done::show)
        .service(done::correct);
}
