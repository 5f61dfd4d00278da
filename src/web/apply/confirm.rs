//! The last step of the application: the summary, the consent and the submission.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    id::DraftId,
    intake::application::{Application, ApplicationForm, Intake},
    wording::{long_date_time_range, time},
};
use uuid::Uuid;

use super::{
    review::{Section, change, sections},
    start::{closed, is_closed},
    step::{Step, shown},
    writing::{Writing, done_path, open},
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    url,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "apply/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    step: Step,
    back: String,
    form: Fields,
    errors: FieldErrors,
    sections: Vec<Section>,
    slot: Option<Kept>,
    change_slot: String,
    extend: String,
}

/// The time that is held, and until when.
struct Kept {
    when: String,
    mode: &'static str,
    until: String,
}

#[get("/apply/{draft}/confirm")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    answer(&app, shell, &writing, StatusCode::OK, FieldErrors::default()).await
}

#[post("/apply/{draft}/confirm")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    id: Path<Uuid>,
    typed: Fields,
) -> Result<HttpResponse, Problem> {
    let draft = DraftId(*id);
    let mut given = ApplicationForm::default();
    given.set("consent", typed.all("consent"));
    let mut errors = FieldErrors::default();
    if !given.consents() {
        errors.add("consent", "個人情報の取扱いを確認し、同意する場合はチェックしてください");
    }
    let mut refused = None;
    if errors.is_empty() && !is_closed(&shell) {
        match ops::intake::apply::submit(&app, draft, |form| Step::Confirm.keep(&typed, form)).await {
            Ok(_) => return Ok(page::see_other(done_path(draft))),
            Err(Problem::Refused(why)) => refused = Some(why),
            // These are explained below, as on every page of the form.
            Err(Problem::NotFound | Problem::Expired) => {}
            Err(problem) => return Err(problem),
        }
    }
    let mut writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if let Some(first) = writing.must_go_first(Step::Confirm) {
        return Ok(first);
    }
    // A form that becomes a consultation is written only there; any other is kept as it was typed.
    writing.draft = ops::intake::apply::save(&app, draft, |form| Step::Confirm.keep(&typed, form)).await?;
    match refused {
        // The hold ended before the submission, or another window changed it; the page of times says why.
        Some(why) => Ok(page::see_other_with(Step::Slot.path(draft), &why)),
        None if is_closed(&shell) => closed(shell, StatusCode::CONFLICT, true),
        None => answer(&app, shell, &writing, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
    }
}

/// Extends the hold of the time.
#[post("/apply/{draft}/extend")]
pub async fn extend(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let writing = match open(&app, &shell, *id).await? {
        Ok(writing) => writing,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let draft = writing.draft.id;
    match ops::intake::apply::extend_hold(&app, draft).await {
        Ok(until) => {
            let flash = format!("お取り置きの期限を{}まで延長しました。", time(until));
            Ok(page::see_other_with(Step::Confirm.path(draft), &flash))
        }
        Err(Problem::Refused(_)) => Ok(page::see_other(Step::Slot.path(draft))),
        Err(problem) => Err(problem),
    }
}

async fn answer(
    app: &App,
    shell: Shell,
    writing: &Writing,
    status: StatusCode,
    errors: FieldErrors,
) -> Result<HttpResponse, Problem> {
    let id = writing.draft.id;
    let application = Application::parse(&writing.draft.form, Intake::Company);
    let (Ok(application), None) = (application, writing.must_go_first(Step::Confirm)) else {
        let first = writing.must_go_first(Step::Confirm);
        return Ok(first.unwrap_or_else(|| page::see_other(url::draft(id))));
    };
    let programme = app.programme().await?;
    let slot = writing.held.as_ref().map(|it| Kept {
        when: long_date_time_range(it.starts_at, it.ends_at),
        mode: it.mode.label(),
        until: it.held_until().map(time).unwrap_or_default(),
    });
    let confirm = ConfirmPage {
        shell,
        step: Step::Confirm,
        back: Step::Slot.path(id),
        form: shown(&writing.draft.form),
        errors,
        sections: sections(id, &application, &programme),
        slot,
        change_slot: change(id, Step::Slot, "slot"),
        extend: format!("{}/extend", url::draft(id)),
    };
    page::html_with(status, &confirm)
}
