//! Health checks for operators' programs: whether the process runs, and whether it can work.
use actix_web::{
    HttpResponse, get,
    web::{Data, ServiceConfig},
};

use crate::{app::App, ops};

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(healthz).service(readyz);
}

#[get("/healthz")]
async fn healthz() -> HttpResponse {
    plain(HttpResponse::Ok(), "ok\n")
}

#[get("/readyz")]
async fn readyz(app: Data<App>) -> HttpResponse {
    match ops::readiness::why_not(&app).await {
        None => plain(HttpResponse::Ok(), "ready\n"),
        Some(why) => plain(HttpResponse::ServiceUnavailable(), why),
    }
}

fn plain(mut builder: actix_web::HttpResponseBuilder, text: &'static str) -> HttpResponse {
    builder.content_type("text/plain; charset=utf-8").body(text)
}
