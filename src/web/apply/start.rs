//! The start page of the application, before the first question.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;

use super::step::Step;
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        client,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "apply/start.html")]
struct Start {
    shell: Shell,
}

/// The page that replaces every page leading to a submission while no applications are taken.
#[derive(Template)]
#[template(path = "apply/closed.html")]
struct Closed {
    shell: Shell,
    /// Whether a draft was typed before and is kept.
    has_draft: bool,
}

#[get("/apply")]
pub async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    if is_closed(&shell) { closed(shell, StatusCode::OK, false) } else { page::html(&Start { shell }) }
}

#[post("/apply")]
pub async fn begin(app: Data<App>, req: HttpRequest, shell: Shell) -> Result<HttpResponse, Problem> {
    if is_closed(&shell) {
        return closed(shell, StatusCode::CONFLICT, false);
    }
    let draft = ops::intake::apply::start(&app, network(&app, &req)).await?;
    Ok(page::see_other(Step::Topic.path(draft)))
}

pub fn is_closed(shell: &Shell) -> bool {
    !shell.settings.intake_closed_notice.is_empty()
}

pub fn closed(shell: Shell, status: StatusCode, has_draft: bool) -> Result<HttpResponse, Problem> {
    page::html_with(status, &Closed { shell, has_draft })
}

/// Returns the pseudonym of a request's network, for the daily limits.
pub fn network(app: &App, req: &HttpRequest) -> String {
    app.secret.pseudonym(&client::network(client::address(req, &app.config.trusted_proxies)))
}
