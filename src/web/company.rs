//! The pages of a company about its own consultations. The contact signs in by a link, without an account.
mod address;
mod answer;
mod appointment;
mod calendar;
mod cancel;
mod case;
mod correction;
mod earlier_time;
mod example;
mod expert_missed;
mod further_appointment;
mod history;
mod messages;
mod network;
mod own_consultation;
mod progress;
mod question;
mod report;
mod sign_in;
mod slots;
mod survey;
mod survey_member;
mod waiting_list;

use actix_web::web::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(sign_in::ask)
        .service(sign_in::send)
        .service(sign_in::sent)
        .service(sign_in::open)
        .service(sign_in::enter)
        .service(sign_in::send_again)
        .service(sign_in::sign_out)
        .service(question::show)
        .service(question::submit)
        .service(case::list)
        .service(case::show)
        .service(case::confirm)
        .service(address::prove_again)
        .service(address::show_objection)
        .service(address::object)
        .service(correction::application)
        .service(correction::application_pdf)
        .service(correction::show)
        .service(correction::submit)
        .service(network::show)
        .service(network::submit)
        .service(messages::show)
        .service(messages::post)
        .service(messages::read)
        .service(messages::download)
        .service(messages::html)
        .service(slots::show)
        .service(slots::submit)
        .service(waiting_list::show)
        .service(waiting_list::submit)
        .service(waiting_list::stop)
        .service(earlier_time::show)
        .service(earlier_time::submit)
        .service(cancel::show)
        .service(cancel::submit)
        .service(expert_missed::show)
        .service(expert_missed::submit)
        .service(further_appointment::show)
        .service(further_appointment::submit)
        .service(further_appointment::take_back)
        .service(report::show)
        .service(example::show)
        .service(example::picture)
        .service(example::submit)
        .service(survey_member::show)
        .service(survey_member::submit)
        .service(survey::show)
        .service(survey::submit)
        .service(survey::question)
        .service(survey::answer_question)
        .service(calendar::download);
}
