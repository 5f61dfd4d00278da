//! What the center sees and does, and the door through which everyone with a password comes in.
mod absences;
mod act;
mod act_page;
mod calendars;
mod candidates;
mod case;
mod case_views;
mod forgotten;
mod free;
mod inbox;
mod intake;
mod lookalike;
mod mail;
mod notifications;
mod password;
mod plan;
mod proposals;
mod received;
mod report;
mod room;
mod schedule;
mod sign_in;
mod slots;
mod templates;
mod thread;
mod waiting;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(sign_in::show)
        .service(sign_in::submit)
        .service(sign_in::sign_out)
        .service(forgotten::show)
        .service(forgotten::submit)
        .service(password::show)
        .service(password::submit)
        .service(inbox::home)
        .service(inbox::all)
        .service(intake::show)
        .service(intake::submit)
        .service(plan::show)
        .service(plan::submit)
        .service(schedule::show)
        .service(absences::show)
        .service(absences::submit)
        .service(free::show)
        .service(received::list)
        .service(received::show)
        .service(received::original)
        .service(received::html)
        .service(received::attach)
        .service(received::discard)
        .service(received::done)
        .service(waiting::list)
        .service(notifications::show)
        .service(notifications::submit)
        .service(mail::list)
        .service(mail::show)
        .service(mail::letter)
        .service(mail::act)
        .service(case::show)
        .service(candidates::submit)
        .service(proposals::keep)
        .service(slots::show)
        .service(slots::submit)
        .service(room::show)
        .service(room::submit)
        .service(thread::message)
        .service(thread::note)
        .service(thread::download)
        .service(thread::html)
        .service(templates::show)
        .service(templates::add)
        .service(templates::change)
        .service(templates::remove)
        .service(report::show)
        .service(report::submit)
        // Last: it takes whatever is left after the number.
        .service(act_page::show)
        .service(act_page::submit);
}
