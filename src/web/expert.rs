//! The pages of an expert.
mod actions;
mod answer;
mod availability;
mod calendar;
mod calendar_access;
mod calendars;
mod case;
mod consultation;
mod facts;
mod feed;
mod meeting_link;
mod notifications;
mod outcome;
mod report;
mod slot;
mod times;
mod week;
mod worklist;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(worklist::show)
        .service(answer::show)
        .service(answer::submit)
        .service(answer::show_by_link)
        .service(answer::submit_by_link)
        .service(consultation::show)
        .service(consultation::write)
        .service(consultation::download)
        .service(consultation::html)
        .service(slot::show)
        .service(slot::submit)
        .service(meeting_link::show)
        .service(meeting_link::submit)
        .service(actions::ask_cancel)
        .service(actions::cancel)
        .service(actions::ask_outcome)
        .service(actions::outcome)
        .service(outcome::show)
        .service(outcome::submit)
        .service(actions::ask_plan)
        .service(actions::plan)
        .service(report::show)
        .service(report::submit)
        .service(calendar::show)
        .service(availability::show)
        .service(availability::day::show)
        .service(availability::day::submit)
        .service(availability::add)
        .service(availability::change_feed)
        .service(availability::remove)
        .service(calendars::show)
        .service(calendars::add)
        .service(calendar_access::show)
        .service(calendar_access::submit)
        .service(calendars::refresh)
        .service(calendars::keep_blocking)
        .service(calendars::remove)
        .service(calendars::restore)
        .service(feed::show)
        .service(notifications::show)
        .service(notifications::submit);
}
