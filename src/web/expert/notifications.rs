//! The expert's notification preferences.
use actix_web::{HttpResponse, get, post, web::Data};
use domain::{actor::Role, id::AccountId};

use crate::{
    app::App,
    problem::Problem,
    web::kit::{form::Fields, notification_preferences, page::Shell, session::ExpertUser},
};

const HERE: &str = "/expert/notifications";

#[get("/expert/notifications")]
pub async fn show(app: Data<App>, me: ExpertUser, shell: Shell) -> Result<HttpResponse, Problem> {
    notification_preferences::page(&app, shell, AccountId(me.id.0), Role::Expert, HERE).await
}

#[post("/expert/notifications")]
pub async fn submit(app: Data<App>, me: ExpertUser, form: Fields) -> Result<HttpResponse, Problem> {
    notification_preferences::keep(&app, &form, AccountId(me.id.0), Role::Expert, HERE).await
}
