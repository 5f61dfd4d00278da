//! The pages for all visitors.
mod atom;
mod campaign;
mod desks;
mod event_apply;
mod event_feeds;
mod event_sign_up;
mod events;
mod examples;
mod guide;
mod guide_match;
mod list_page;
mod news;
mod news_feed;
mod pages;
mod participant;
mod preview;
mod register;
mod registrant;
mod robots;
mod unsubscribe;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(pages::start)
        .service(pages::privacy)
        .service(pages::accessibility)
        .service(pages::help)
        .service(desks::show)
        .service(news_feed::atom)
        .service(news::list)
        .service(news::of_year)
        .service(news::show)
        .service(guide::list)
        .service(guide::local_government)
        .service(guide_match::ask)
        .service(guide::show)
        .service(event_feeds::calendar)
        .service(event_feeds::atom)
        .service(event_feeds::entry)
        .service(events::list)
        .service(event_apply::begin)
        .service(event_sign_up::sent)
        .service(event_sign_up::show)
        .service(event_sign_up::submit)
        .service(events::show)
        .service(participant::show)
        .service(participant::submit)
        .service(campaign::present)
        .service(register::show)
        .service(register::submit)
        .service(register::sent)
        .service(campaign::of_year)
        .service(campaign::rules)
        .service(campaign::logo_file)
        .service(registrant::certificate)
        .service(registrant::show)
        .service(registrant::submit)
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
