//! Messages to the company, and internal notes.
use actix_web::{HttpResponse, get, post, web::Path};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    correspondence::reply_template::{self, ReplyVariable},
    text::Prose,
    wording,
};

use super::{case, case_tabs::View, opened::Opened};
use crate::{
    ops::{self, correspondence::message::PostedMessage},
    problem::Problem,
    store::{self, correspondence::message::Audience},
    web::kit::{
        files,
        form::Fields,
        form_state::FormState,
        mail_document, page,
        thread::Reader,
        upload::{CENTER_NOTE_FILES, DESK_FILES, FILES, FormWithFiles, NOTE_FILES},
    },
};

/// The form field with the time of the latest message on the page, in microseconds since 1970.
const SEEN: &str = "seen";

/// The length of the longest message, in characters.
const LONGEST: usize = 2000;

#[post("/staff/consultations/{number}/message")]
pub async fn message(open: Opened, form: FormWithFiles) -> Result<HttpResponse, Problem> {
    post(open, form, Audience::Everyone).await
}

#[post("/staff/consultations/{number}/note")]
pub async fn note(open: Opened, form: FormWithFiles) -> Result<HttpResponse, Problem> {
    post(open, form, Audience::Internal).await
}

#[post("/staff/consultations/{number}/center-note")]
pub async fn center_note(open: Opened, form: FormWithFiles) -> Result<HttpResponse, Problem> {
    post(open, form, Audience::Center).await
}

/// Writes to the desk that handed the consultation over.
#[post("/staff/consultations/{number}/desk-message")]
pub async fn desk_message(open: Opened, form: FormWithFiles) -> Result<HttpResponse, Problem> {
    post(open, form, Audience::Desk).await
}

/// Ends the clock of the center's response: the message needs none, or it was given by telephone.
#[post("/staff/consultations/{number}/answered")]
pub async fn answered(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let seen = seen(&typed.form);
    let done = ops::correspondence::message::mark_answered(&open.app, open.id(), open.me.id, seen).await;
    if !typed.done(done)? {
        return case::render(open, View::Messages, typed).await;
    }
    Ok(open.back_to(
        View::Messages,
        "メッセージを対応済みにしました。間違えたときは、「履歴」から取り消せます。",
    ))
}

/// Sends a file of the thread.
#[get("/staff/consultations/{number}/files/{id}")]
pub async fn download(open: Opened, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    files::answer(&open.app, open.id(), &path.1, Audience::Center).await
}

/// Shows a mail of the thread as HTML.
#[get("/staff/consultations/{number}/mail/{entry}")]
pub async fn html(open: Opened, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let back = View::Messages.path(open.number());
    mail_document::of_entry(&open.app, open.id(), &path.1, Reader::Center, &back).await
}

async fn post(open: Opened, form: FormWithFiles, audience: Audience) -> Result<HttpResponse, Problem> {
    let (field, files_field, label, done) = match audience {
        Audience::Everyone => ("text", FILES, "メッセージ", "メッセージを送りました。"),
        Audience::Desk => ("to_desk", DESK_FILES, "窓口へのメッセージ", "窓口にメッセージを送りました。"),
        Audience::Internal => ("note", NOTE_FILES, "内部メモ", "内部メモを保存しました。"),
        Audience::Center => {
            ("center_note", CENTER_NOTE_FILES, "センター内のメモ", "センター内のメモを保存しました。")
        }
    };
    if audience == Audience::Desk && open.case.record.desk.is_none() {
        return Err(Problem::NotFound);
    }
    let (app, id, by) = (&open.app, open.id(), Actor::Coordinator(open.me.id));
    let mut typed = FormState::of(form.fields.clone());
    let written = typed.form.get(field);
    match typed.form.get("action") {
        "draft" => {
            ops::correspondence::message::save_draft(app, id, by, field, written).await?;
            return Ok(open.back_to(View::Messages, "下書きを保存しました。"));
        }
        "insert" => {
            let text = inserted(&open, &typed.form, field).await?;
            typed.form = Fields::from_iter([(field, text)]);
            return case::render(open, View::Messages, typed).await;
        }
        _ => {}
    }
    let text = typed.errors.take(field, Prose::parse(label, written, LONGEST));
    form.check(app, files_field, &mut typed.errors);
    if let Some(text) = text.filter(|_| typed.errors.is_empty()) {
        // A note for the center alone answers nothing.
        let seen = seen(&typed.form).filter(|_| audience != Audience::Center);
        let post = PostedMessage { by, audience, text: &text, files: form.files, form: field, seen };
        if typed.done(ops::correspondence::message::post_whole(app, id, post).await)? {
            return Ok(open.back_to(View::Messages, done));
        }
    }
    ops::correspondence::message::save_draft(app, id, by, field, form.fields.get(field)).await?;
    case::render(open, View::Messages, typed).await
}

/// Returns the time of the latest message that the page of a form showed (`Head::seen`).
fn seen(form: &Fields) -> Option<DateTime<Utc>> {
    form.get(SEEN).parse().ok().and_then(DateTime::from_timestamp_micros)
}

/// Returns the typed text with the chosen template below it.
async fn inserted(open: &Opened, form: &Fields, field: &str) -> Result<String, Problem> {
    let Opened { app, me, case, .. } = open;
    let chosen = form.get("template");
    let all = store::correspondence::reply_template::all(&app.db).await?;
    let Some(template) = all.into_iter().find(|it| it.id.to_string() == chosen) else {
        return Ok(form.get(field).to_owned());
    };
    let settings = page::settings(app).await?;
    let live = store::booking::appointment::of(&app.db, open.id()).await?;
    let live = live.into_iter().find(domain::booking::appointment::Appointment::is_live);
    let filled = reply_template::fill(&template.body, |it| match it {
        ReplyVariable::Company => case.record.company_name.clone(),
        ReplyVariable::Contact => case.contact.name.clone(),
        ReplyVariable::Number => case.record.number.to_string(),
        ReplyVariable::Appointment => live.as_ref().map_or_else(
            || "（予約なし）".to_owned(),
            |it| wording::long_date_time_range(it.starts_at, it.ends_at),
        ),
        ReplyVariable::Writer => me.name.clone(),
        ReplyVariable::Center => settings.center_name.clone(),
        ReplyVariable::Phone => settings.center_phone.clone(),
    });
    let before = form.get(field).trim_end();
    Ok(if before.is_empty() { filled } else { format!("{before}\n\n{filled}") })
}
