//! Which mails one gets.
use actix_web::{HttpResponse, get, post, web::Data};
use domain::{actor::Role, id::AccountId};

use crate::{
    app::App,
    problem::Problem,
    web::{form::Fields, page::Shell, session::ExpertUser, wishes},
};

const HERE: &str = "/expert/notifications";

#[get("/expert/notifications")]
pub async fn show(app: Data<App>, me: ExpertUser, shell: Shell) -> Result<HttpResponse, Problem> {
    wishes::page(&app, shell, AccountId(me.id.0), Role::Expert, HERE).await
}

#[post("/expert/notifications")]
pub async fn submit(app: Data<App>, me: ExpertUser, form: Fields) -> Result<HttpResponse, Problem> {
    wishes::keep(&app, &form, AccountId(me.id.0), Role::Expert, HERE).await
}
