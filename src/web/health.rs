//! Health checks for operators' programs: whether the process runs, and whether it can work.
use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, ServiceConfig},
};

use crate::{app::App, ops, web::kit::client};

/// The answer to the operator if the settings name no proxy although there must be one.
const READY_WITHOUT_PROXY: &str = "ready\nwarning: a proxy stands before the service, and MADOGUCHI_TRUSTED_PROXIES does not \
    name it\n";

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(healthz).service(readyz);
}

#[get("/healthz")]
async fn healthz() -> HttpResponse {
    plain(HttpResponse::Ok(), "ok\n")
}

#[get("/readyz")]
async fn readyz(app: Data<App>, req: HttpRequest) -> HttpResponse {
    match ops::readiness::why_not(&app).await {
        // A visitor is not told how the service is set up.
        None if app.config.lacks_proxy() && client::is_operator(&req, &app.config.trusted_proxies) => {
            plain(HttpResponse::Ok(), READY_WITHOUT_PROXY)
        }
        None => plain(HttpResponse::Ok(), "ready\n"),
        Some(why) => plain(HttpResponse::ServiceUnavailable(), why),
    }
}

fn plain(mut builder: actix_web::HttpResponseBuilder, text: &'static str) -> HttpResponse {
    builder.content_type("text/plain; charset=utf-8").body(text)
}
