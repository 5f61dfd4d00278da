//! The thread between the company and the center.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Party},
    consultation::ActionKind,
    id::ExpertId,
    text::Prose,
};

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops::{self, correspondence::message::PostedMessage},
    problem::Problem,
    store::{
        self,
        correspondence::{
            message::{Audience, ThreadEntry},
            message_draft::DraftWriter,
        },
        routing::expert::Roster,
    },
    web::kit::{
        files,
        form::{FieldErrors, Fields},
        mail_document,
        page::{self, Shell},
        thread::{Reader, ThreadContext, ThreadLine},
        upload::{FILES, FormWithFiles},
    },
};

/// The length of the longest message, in characters.
const LONGEST: usize = 2000;
/// The name of the form's field, and the key of its draft.
const FIELD: &str = "message";
/// The time within which the same text sent again counts as the same message.
const SENT_TWICE: TimeDelta = TimeDelta::minutes(10);

#[derive(Template)]
#[template(path = "company/messages.html")]
struct MessagesPage {
    shell: Shell,
    number: String,
    path: String,
    lines: Vec<ThreadLine>,
    accepted: String,
    unread: usize,
    /// Whether the company's message is the answer that the center waits for.
    answers: bool,
    form: Fields,
    errors: FieldErrors,
}

#[get("/my/{number}/messages")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let form = store::correspondence::message_draft::of(&app.db, id, DraftWriter::Company)
        .await?
        .into_iter()
        .collect();
    page::html(&thread(&app, shell, &own, form, FieldErrors::default()).await?)
}

#[post("/my/{number}/messages")]
pub async fn post(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let written = form.fields.get(FIELD);
    if form.fields.get("action") == "draft" {
        ops::correspondence::message::save_draft(&app, id, Actor::Company, FIELD, written).await?;
        return Ok(page::see_other_with(own.path("/messages"), "下書きを保存しました。"));
    }
    let mut errors = FieldErrors::default();
    let answers = answers(&own);
    let label = if answers { "回答" } else { "メッセージ" };
    let text = errors.take(FIELD, Prose::parse(label, written, LONGEST));
    form.check(&app, FILES, &mut errors);
    let Some(text) = text.filter(|_| errors.is_empty()) else {
        ops::correspondence::message::save_draft(&app, id, Actor::Company, FIELD, written).await?;
        return page::unprocessable(&thread(&app, shell, &own, form.fields, errors).await?);
    };
    if answers || !form.files.is_empty() || !is_sent(&app, &own, &text).await? {
        let (by, audience) = (Actor::Company, Audience::Everyone);
        let post = PostedMessage { by, audience, text: &text, files: form.files, form: FIELD, seen: None };
        ops::correspondence::message::post_whole(&app, id, post).await?;
    }
    let done = if answers { "回答を送りました。" } else { "メッセージを送りました。" };
    Ok(page::see_other_with(own.path("/messages"), done))
}

/// Sends a file of the thread.
#[get("/my/{number}/files/{id}")]
pub async fn download(
    app: Data<App>,
    own: OwnConsultation,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    files::answer(&app, own.0.consultation.id, &path.1, Audience::Everyone).await
}

/// Sends a mail of the thread as HTML.
#[get("/my/{number}/mail/{entry}")]
pub async fn html(
    app: Data<App>,
    own: OwnConsultation,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let back = own.path("/messages");
    mail_document::of_entry(&app, own.0.consultation.id, &path.1, Reader::Company, &back).await
}

/// Marks the thread as read. The button 「読みました」 does it, because viewing a page changes nothing.
#[post("/my/{number}/messages/read")]
pub async fn read(app: Data<App>, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    ops::correspondence::message::mark_read(&app, own.0.consultation.id).await?;
    Ok(page::see_other(own.path("/messages")))
}

/// Returns whether the company has not yet marked the entry as read.
pub fn is_new(it: &ThreadEntry) -> bool {
    it.author != Party::Company && !it.automatic && it.read_by_company_at.is_none()
}

fn answers(own: &OwnConsultation) -> bool {
    own.0.consultation.allows(ActionKind::Answer, Party::Company).is_ok()
}

/// Returns whether the company's last message has this text and was sent a moment ago: the form was sent
/// twice.
async fn is_sent(app: &App, own: &OwnConsultation, text: &Prose) -> Result<bool, Problem> {
    let thread =
        store::correspondence::message::of(&app.db, own.0.consultation.id, Audience::Everyone).await?;
    let since = app.clock.now() - SENT_TWICE;
    let last = thread.last().filter(|it| it.author == Party::Company && since < it.at);
    Ok(last.is_some_and(|it| it.body == text.as_str()))
}

async fn thread(
    app: &App,
    shell: Shell,
    own: &OwnConsultation,
    form: Fields,
    errors: FieldErrors,
) -> Result<MessagesPage, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let thread =
        store::correspondence::message::of(&app.db, own.0.consultation.id, Audience::Everyone).await?;
    let unread = thread.iter().filter(|it| is_new(it)).count();
    let center = shell.settings.center_name.clone();
    let mut around = ThreadContext::of(app, own.0.consultation.id, Reader::Company).await?;
    let path = own.path("");
    let lines = thread.iter().map(|it| {
        let line = around.line(it, author(it, &center, &roster), it.author == Party::Company, &path);
        ThreadLine { is_new: is_new(it), ..line }
    });
    Ok(MessagesPage {
        number: own.0.number.to_string(),
        lines: lines.collect(),
        path,
        accepted: ops::correspondence::attachment::accepted(app),
        unread,
        answers: answers(own),
        shell,
        form,
        errors,
    })
}

fn author(it: &ThreadEntry, center: &str, roster: &Roster) -> String {
    match (it.author, it.author_id) {
        (Party::Company, _) => "あなた".to_owned(),
        (Party::Expert, Some(id)) => format!("専門家　{}", roster.name(ExpertId(id))),
        (Party::Desk, _) => Party::Desk.label().to_owned(),
        (Party::Expert, None) | (Party::Coordinator | Party::System, _) => center.to_owned(),
    }
}
