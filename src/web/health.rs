//! What operators' programs ask: whether the process is up, and whether it can work.
use actix_web::{
    HttpResponse, get,
    web::{Data, ServiceConfig},
};
use chrono::TimeDelta;

use crate::{app::App, database, store};

/// A worker that has not been heard of for longer is taken for dead.
const LATEST_BEAT: TimeDelta = TimeDelta::minutes(2);

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(healthz).service(readyz);
}

#[get("/healthz")]
async fn healthz() -> HttpResponse {
    plain(HttpResponse::Ok(), "ok\n")
}

#[get("/readyz")]
async fn readyz(app: Data<App>) -> HttpResponse {
    match why_not_ready(&app).await {
        None => plain(HttpResponse::Ok(), "ready\n"),
        Some(why) => plain(HttpResponse::ServiceUnavailable(), why),
    }
}

async fn why_not_ready(app: &App) -> Option<&'static str> {
    match database::is_current(&app.db).await {
        Err(_) => return Some("the database cannot be reached\n"),
        Ok(false) => return Some("migrations are missing\n"),
        Ok(true) => (),
    }
    if !app.runs_worker {
        return None;
    }
    match store::beat::any_since(&app.db, app.clock.now() - LATEST_BEAT).await {
        Ok(false) => Some("the worker is silent\n"),
        Ok(true) => None,
        Err(_) => Some("the database cannot be reached\n"),
    }
}

fn plain(mut builder: actix_web::HttpResponseBuilder, text: &'static str) -> HttpResponse {
    builder.content_type("text/plain; charset=utf-8").body(text)
}
