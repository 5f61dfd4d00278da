//! Messages to the company, and internal notes.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use domain::{
    actor::Actor,
    correspondence::reply_template::{self, ReplyVariable},
    text::Prose,
    wording,
};

use super::case::{FormState, View, find, render};
use crate::{
    app::App,
    ops::{self, correspondence::message::PostedMessage},
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails, correspondence::message::Audience},
    url,
    web::kit::{
        files,
        form::Fields,
        mail_document,
        page::{self, Shell},
        session::Coordinator,
        thread::Reader,
        upload::{CENTER_NOTE_FILES, DESK_FILES, FILES, FormWithFiles, NOTE_FILES},
    },
};

/// The length of the longest message, in characters.
const LONGEST: usize = 2000;

#[post("/staff/consultations/{number}/message")]
pub async fn message(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Everyone).await
}

#[post("/staff/consultations/{number}/note")]
pub async fn note(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Internal).await
}

#[post("/staff/consultations/{number}/center-note")]
pub async fn center_note(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Center).await
}

/// Writes to the desk that handed the consultation over.
#[post("/staff/consultations/{number}/desk-message")]
pub async fn desk_message(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Desk).await
}

/// Ends the clock of the center's response: the message needs none, or it was given by telephone.
#[post("/staff/consultations/{number}/answered")]
pub async fn answered(
    app: Data<App>,
    me: Coordinator,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    ops::correspondence::message::mark_answered(&app, case.record.consultation.id, me.id).await?;
    let next = format!("{}?view=messages", url::staff(&case.record.number));
    Ok(page::see_other_with(next, "メッセージを対応済みにしました。"))
}

/// Sends a file of the thread.
#[get("/staff/consultations/{number}/files/{id}")]
pub async fn download(
    app: Data<App>,
    _me: Coordinator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &path.0).await?;
    files::answer(&app, case.record.consultation.id, &path.1, Audience::Center).await
}

/// Shows a mail of the thread as HTML.
#[get("/staff/consultations/{number}/mail/{entry}")]
pub async fn html(
    app: Data<App>,
    _me: Coordinator,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &path.0).await?;
    let back = format!("{}?view=messages", url::staff(&case.record.number));
    mail_document::of_entry(&app, case.record.consultation.id, &path.1, Reader::Center, &back).await
}

async fn post(
    app: &App,
    me: &Coordinator,
    shell: Shell,
    number: &str,
    form: FormWithFiles,
    audience: Audience,
) -> Result<HttpResponse, Problem> {
    let case = find(app, number).await?;
    let (field, files_field, label, done) = match audience {
        Audience::Everyone => ("text", FILES, "メッセージ", "メッセージを送りました。"),
        Audience::Desk => ("to_desk", DESK_FILES, "窓口へのメッセージ", "窓口にメッセージを送りました。"),
        Audience::Internal => ("note", NOTE_FILES, "内部メモ", "内部メモを保存しました。"),
        Audience::Center => {
            ("center_note", CENTER_NOTE_FILES, "センター内のメモ", "センター内のメモを保存しました。")
        }
    };
    if audience == Audience::Desk && case.record.desk.is_none() {
        return Err(Problem::NotFound);
    }
    let (id, by) = (case.record.consultation.id, Actor::Coordinator(me.id));
    let next = format!("{}?view=messages", url::staff(&case.record.number));
    let mut typed = FormState::of(form.fields.clone());
    let written = typed.form.get(field);
    match typed.form.get("do") {
        "draft" => {
            ops::correspondence::message::save_draft(app, id, by, field, written).await?;
            return Ok(page::see_other_with(next, "下書きを保存しました。"));
        }
        "insert" => {
            let text = inserted(app, me, &case, &typed.form, field).await?;
            typed.form = Fields::from_iter([(field, text)]);
            return render(app, shell, case, View::Messages, typed).await;
        }
        _ => {}
    }
    let text = typed.errors.take(field, Prose::parse(label, written, LONGEST));
    form.check(app, files_field, &mut typed.errors);
    if let Some(text) = text.filter(|_| typed.errors.is_empty()) {
        let post = PostedMessage { by, audience, text: &text, files: form.files, form: field };
        if typed.done(ops::correspondence::message::post_whole(app, id, post).await)? {
            return Ok(page::see_other_with(next, done));
        }
    }
    ops::correspondence::message::save_draft(app, id, by, field, form.fields.get(field)).await?;
    render(app, shell, case, View::Messages, typed).await
}

/// Returns the typed text with the chosen template below it.
async fn inserted(
    app: &App,
    me: &Coordinator,
    case: &CaseDetails,
    form: &Fields,
    field: &str,
) -> Result<String, Problem> {
    let chosen = form.get("template");
    let all = store::correspondence::reply_template::all(&app.db).await?;
    let Some(template) = all.into_iter().find(|it| it.id.to_string() == chosen) else {
        return Ok(form.get(field).to_owned());
    };
    let settings = page::settings(app).await?;
    let live = store::booking::appointment::of(&app.db, case.record.consultation.id).await?;
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
