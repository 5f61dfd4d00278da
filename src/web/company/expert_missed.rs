//! The page on which a company says that the expert did not come.
use actix_web::{HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    booking::appointment::Appointment,
    consultation::ActionKind,
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "company/expert_missed.html")]
struct ExpertMissedPage {
    shell: Shell,
    number: String,
    path: String,
    appointment: CompanyAppointment,
    problem: String,
}

#[get("/my/{number}/expert-missed")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    render(&app, shell, own, String::new()).await
}

#[post("/my/{number}/expert-missed")]
pub async fn submit(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    match ops::booking::appointment::record_expert_no_show(&app, id, Actor::Company).await {
        Ok(()) => {
            let flash = "お知らせいただき、ありがとうございます。申し訳ありません。すぐに別の日時を選べます。別の専門家をご希望のときは、メッセージでお知らせください。";
            Ok(page::see_other_with(own.path(""), flash))
        }
        Err(problem @ (Problem::Stale | Problem::Refused(_))) => {
            let current = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
            render(&app, shell, OwnConsultation(current), problem.to_string()).await
        }
        Err(problem) => Err(problem),
    }
}

async fn render(
    app: &App,
    shell: Shell,
    own: OwnConsultation,
    problem: String,
) -> Result<HttpResponse, Problem> {
    let may = own.0.consultation.allows(ActionKind::RecordExpertNoShow, Party::Company).is_ok();
    let all = store::booking::appointment::of(&app.db, own.0.consultation.id).await?;
    let begun = |it: &Appointment| it.is_confirmed() && it.starts_at <= app.clock.now();
    let Some(booked) = all.into_iter().find(begun).filter(|_| may) else {
        return match problem.is_empty() {
            true => Ok(page::see_other(own.path(""))),
            false => Err(Problem::Refused(problem)),
        };
    };
    let (_, roster) = app.programme_and_experts().await?;
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let (number, path) = (own.0.number.to_string(), own.path(""));
    let appointment = CompanyAppointment::of(&booked, &roster);
    page::html_with(status, &ExpertMissedPage { shell, number, path, appointment, problem })
}
