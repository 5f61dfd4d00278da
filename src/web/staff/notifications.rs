//! The coordinator's notification preferences.
use actix_web::{HttpResponse, get, post, web::Data};
use domain::actor::Role;

use crate::{
    app::App,
    problem::Problem,
    web::kit::{form::Fields, notification_preferences, page::Shell, session::Coordinator},
};

const HERE: &str = "/staff/notifications";

#[get("/staff/notifications")]
pub async fn show(app: Data<App>, me: Coordinator, shell: Shell) -> Result<HttpResponse, Problem> {
    notification_preferences::page(&app, shell, me.id, Role::Coordinator, HERE).await
}

#[post("/staff/notifications")]
pub async fn submit(app: Data<App>, me: Coordinator, form: Fields) -> Result<HttpResponse, Problem> {
    notification_preferences::keep(&app, &form, me.id, Role::Coordinator, HERE).await
}
