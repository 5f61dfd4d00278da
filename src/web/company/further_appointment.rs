//! The company's request for a further appointment.
use actix_web::{HttpResponse, post, web::Data};
use domain::actor::Actor;

use super::own_consultation::OwnConsultation;
use crate::{app::App, ops, problem::Problem, web::kit::page};

#[post("/my/{number}/further")]
pub async fn submit(app: Data<App>, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    ops::consultation::plan_further_session(&app, own.0.consultation.id, Actor::Company, None).await?;
    Ok(page::see_other_with(own.path("/reschedule"), "次回の相談の日時を選んでください。"))
}
