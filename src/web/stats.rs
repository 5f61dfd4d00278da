//! How the service is used: everything for those who work for it, a protected part for everyone.
mod chart;
mod download;
mod page;
mod report;
mod tables;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(page::show).service(page::prefecture).service(download::csv).service(download::xlsx);
}
