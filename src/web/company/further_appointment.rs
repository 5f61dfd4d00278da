//! The company's request for a further appointment: a page that asks first, and the request.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::ActionKind,
};

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "company/further.html")]
struct FurtherPage {
    shell: Shell,
    number: String,
    path: String,
}

#[get("/my/{number}/further")]
pub async fn show(shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    if own.0.consultation.allows(ActionKind::PlanFurtherSession, Party::Company).is_err() {
        return Ok(page::see_other(own.path("")));
    }
    page::html(&FurtherPage { shell, number: own.0.number.to_string(), path: own.path("") })
}

#[post("/my/{number}/further")]
pub async fn submit(app: Data<App>, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    ops::consultation::plan_further_session(&app, own.0.consultation.id, Actor::Company, None).await?;
    Ok(page::see_other_with(own.path("/reschedule"), "次回の相談の日時を選んでください。"))
}
