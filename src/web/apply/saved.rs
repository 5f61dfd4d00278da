//! The page after 「保存して中断する」: until when the draft is kept, and how to resume it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{intake::contact::EmailAddress, wording::long_date_time};
use uuid::Uuid;

use super::{
    step::Step,
    writing::{Writing, open, saved_path},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    url,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "apply/saved.html")]
struct SavedPage {
    shell: Shell,
    until: String,
    /// The address to which the link can be mailed.
    email: Option<EmailAddress>,
    /// The absolute address of the draft, for the visitor to write down.
    address: String,
    go_on: String,
    contact: String,
    holds_slot: bool,
}

#[get("/apply/{draft}/saved")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let Writing { draft, held, .. } = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    page::html(&SavedPage {
        shell,
        until: long_date_time(draft.expires_at),
        email: EmailAddress::parse(&draft.form.email).ok(),
        address: app.site.absolute(&url::draft(draft.id)),
        go_on: url::draft(draft.id),
        contact: Step::Contact.path(draft.id),
        holds_slot: held.is_some(),
    })
}

/// Mails the link of the draft to the address that was typed.
#[post("/apply/{draft}/saved")]
pub async fn mail(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let flash = match ops::intake::apply::mail_link(&app, writing.draft.id).await {
        Ok(()) => "続きを入力するためのリンクをメールで送りました。",
        Err(Problem::TooMany) => {
            "今日送ることができるメールの数を超えたため、送っていません。画面のアドレスを控えてください。"
        }
        Err(problem) => return Err(problem),
    };
    Ok(page::see_other_with(saved_path(writing.draft.id), flash))
}
