//! Resuming a draft: by its link, or by asking for the link by mail.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::intake::contact::EmailAddress;
use uuid::Uuid;

use super::{start::network, writing::open};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "apply/resume.html")]
struct ResumePage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
}

/// The answer to a request for a link. It is the same whether a draft exists or not.
#[derive(Template)]
#[template(path = "apply/resume_sent.html")]
struct ResumeSent {
    shell: Shell,
    email: String,
}

#[get("/apply/resume")]
pub async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&ResumePage { shell, form: Fields::default(), errors: FieldErrors::default() })
}

#[post("/apply/resume")]
pub async fn send(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    typed: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    match errors.take("email", EmailAddress::parse(typed.get("email"))) {
        Some(email) => {
            ops::intake::apply::resume(&app, &email, &network(&app, &req)).await?;
            page::html(&ResumeSent { shell, email: email.as_str().to_owned() })
        }
        None => page::unprocessable(&ResumePage { shell, form: typed, errors }),
    }
}

/// Redirects to the first step that is not finished.
#[get("/apply/{draft}")]
pub async fn resume_draft(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    Ok(match open(&app, &shell, *id).await? {
        Ok(writing) => page::see_other(writing.first_open_step().path(writing.draft.id)),
        Err(elsewhere) => elsewhere,
    })
}
