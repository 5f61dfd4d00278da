//! The pages for all visitors.
mod examples;
mod guide;
mod guide_match;
mod list_page;
mod news;
mod news_feed;
mod pages;
mod preview;
mod robots;
mod unsubscribe;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(pages::start)
        .service(pages::privacy)
        .service(pages::accessibility)
        .service(pages::help)
        .service(news_feed::atom)
        .service(news::list)
        .service(news::of_year)
        .service(news::show)
        .service(guide::list)
        .service(guide::local_government)
        .service(guide_match::ask)
        .service(guide::show)
        .service(examples::list)
        .service(examples::show)
        .service(examples::picture)
        .service(examples::of_year)
        .service(preview::show)
        .service(preview::picture)
        .service(robots::robots)
        .service(robots::sitemap)
        .service(unsubscribe::show)
        .service(unsubscribe::submit);
}
