//! The pages for all visitors.
mod atom;
mod campaign;
mod certificate;
mod desks;
mod doubt;
mod event_apply;
mod event_feeds;
mod event_sign_up;
mod events;
mod examples;
mod guide;
mod guide_match;
mod list_page;
mod mentor;
mod network;
mod network_question;
mod news;
mod news_feed;
mod pages;
mod participant;
mod preview;
mod register;
mod registrant;
mod robots;
mod site_search;
mod successor;
mod survey_answer;
mod surveys;
mod unsubscribe;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(pages::start)
        .service(pages::privacy)
        .service(pages::accessibility)
        .service(pages::help)
        .service(desks::show)
        .service(site_search::show)
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
        .service(events::file)
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
        .service(certificate::pdf)
        .service(certificate::show)
        .service(registrant::show)
        .service(registrant::submit)
        .service(examples::list)
        .service(examples::show)
        .service(examples::picture)
        .service(examples::of_year)
        .service(preview::show)
        .service(preview::picture)
        .service(robots::robots)
        .service(robots::security)
        .service(robots::sitemap)
        .service(unsubscribe::show)
        .service(unsubscribe::submit)
        .configure(survey_routes)
        .configure(network_routes);
}

/// Registers the notices of surveys, their questions, and the form for doubtful requests.
fn survey_routes(cfg: &mut ServiceConfig) {
    cfg.service(doubt::show)
        .service(doubt::submit)
        .service(doubt::sent)
        .service(surveys::list)
        .service(surveys::picture)
        .service(survey_answer::begin_page)
        .service(survey_answer::begin)
        .service(survey_answer::thanks)
        .service(survey_answer::show)
        .service(survey_answer::submit)
        .service(surveys::show);
}

/// Registers the pages of the network.
fn network_routes(cfg: &mut ServiceConfig) {
    cfg.service(network::list)
        .service(network::show)
        .service(network::submit)
        .service(network::sent)
        .service(network::registered)
        .service(mentor::show)
        .service(mentor::submit)
        .service(mentor::show_own)
        .service(mentor::act)
        .service(network_question::asker)
        .service(network_question::asker_act)
        .service(network_question::answering)
        .service(network_question::answering_act);
}
