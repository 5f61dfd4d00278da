//! HTTP. One module per audience; a handler parses, calls one operation, and answers.
use actix_web::{
    App as Web, Error,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};

use crate::{app::App, problem::Problem};

pub mod assets;
pub mod health;
pub mod kit;
pub mod limit;
pub mod metrics;

pub mod admin;
pub mod apply;
pub mod company;
pub mod desk;
pub mod editor;
pub mod expert;
pub mod public;
pub mod staff;
pub mod stats;

/// Returns the whole site: every route, inside the middleware that runs for every request.
pub fn site(
    app: Data<App>,
) -> Web<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    // The middleware that is added last is the outermost.
    Web::new()
        .app_data(app)
        .configure(routes)
        .wrap(from_fn(kit::head::as_get))
        .wrap(from_fn(kit::kept_page::answer))
        .wrap(from_fn(limit::on_every_page))
        .wrap(from_fn(kit::origin::same_site_only))
        .wrap(from_fn(kit::problem::pages))
        .wrap(from_fn(kit::headers::on_everything))
        .wrap(from_fn(kit::log::requests))
}

fn routes(cfg: &mut ServiceConfig) {
    cfg.configure(assets::routes)
        .configure(health::routes)
        .configure(metrics::routes)
        .configure(public::routes)
        .configure(apply::routes)
        .configure(company::routes)
        .configure(staff::routes)
        .configure(expert::routes)
        .configure(desk::routes)
        .configure(editor::routes)
        .configure(stats::routes)
        .configure(admin::routes)
        .default_service(web::to(nowhere));
}

async fn nowhere() -> Result<String, Problem> {
    Err(Problem::NotFound)
}
