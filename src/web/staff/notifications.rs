//! Which mails one gets.
use actix_web::{HttpResponse, get, post, web::Data};
use domain::actor::Role;

use crate::{
    app::App,
    problem::Problem,
    web::{form::Fields, page::Shell, session::Coordinator, wishes},
};

const HERE: &str = "/staff/notifications";

#[get("/staff/notifications")]
pub async fn show(app: Data<App>, me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    wishes::page(&app, shell, me.id, Role::Coordinator, HERE).await
}

#[post("/staff/notifications")]
pub async fn submit(app: Data<App>, me: Coordinator, form: Fields) -> Result<HttpResponse, Problem> {
    wishes::keep(&app, &form, me.id, Role::Coordinator, HERE).await
}
