//! The statistics of the service: complete for insiders, protected for the public.
mod campaign;
mod chart;
mod download;
mod page;
mod report;
mod tables;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(page::show).service(page::prefecture).service(download::csv).service(download::xlsx);
}
