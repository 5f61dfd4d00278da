//! The statistics of the service: the present numbers and the editions of months for the center, and what is published of
//! them, for the ministries and everyone.
mod adoption;
mod around;
mod campaign;
mod chart;
mod download;
mod edition_files;
mod editions;
mod japan_map;
mod page;
mod public;
mod published_edition;
mod published_report;
mod rate_chart;
mod reach;
mod report;
mod report_chart;
mod tables;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(page::show)
        .service(adoption::show)
        .service(editions::list)
        .service(editions::show)
        .service(edition_files::xlsx)
        .service(edition_files::pdf)
        .service(editions::save_comment)
        .service(editions::release_now)
        .service(page::prefecture)
        .service(download::csv)
        .service(download::xlsx);
}
