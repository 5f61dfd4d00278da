//! The thread between the company and the center.
use actix_web::{HttpResponse, get, post, web::Data};
use askama::Template;
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Party},
    consultation::Deed,
    id::ExpertId,
    text::Prose,
    wording::{iso_date_time, month_day_time},
};

use super::own::Own;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        expert::Roster,
        message::{Audience, Entry},
    },
    web::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

/// The longest message. Characters.
const LONGEST: usize = 2000;
/// The same text sent again within this time is the same message sent twice.
const SENT_TWICE: TimeDelta = TimeDelta::minutes(10);

#[derive(Template)]
#[template(path = "company/messages.html")]
struct MessagesPage {
    shell: Shell,
    number: String,
    path: String,
    entries: Vec<Shown>,
    unread: usize,
    /// What the company writes is the answer that the center waits for.
    answers: bool,
    form: Fields,
    errors: FieldErrors,
}

/// One entry of the thread.
struct Shown {
    author: String,
    mine: bool,
    is_new: bool,
    when: String,
    at: String,
    body: String,
}

#[get("/my/{number}/messages")]
pub async fn show(app: Data<App>, shell: Shell, own: Own) -> Result<HttpResponse, Problem> {
    page::html(&thread(&app, shell, &own, Fields::default(), FieldErrors::default()).await?)
}

#[post("/my/{number}/messages")]
pub async fn post(app: Data<App>, shell: Shell, own: Own, form: Fields) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let answers = answers(&own);
    let label = if answers { "回答" } else { "メッセージ" };
    let Some(text) = errors.take("message", Prose::parse(label, form.get("message"), LONGEST)) else {
        return page::unprocessable(&thread(&app, shell, &own, form, errors).await?);
    };
    let id = own.0.consultation.id;
    if answers || !is_sent(&app, &own, &text).await? {
        ops::message::post(&app, id, Actor::Company, Audience::Everyone, &text).await?;
    }
    // Whoever answers has read what was asked.
    ops::message::mark_read(&app, id).await?;
    let done = if answers { "回答を送りました。" } else { "メッセージを送りました。" };
    Ok(page::see_other_with(own.path("/messages"), done))
}

/// 「読みました」: said by a button, for looking at a page changes nothing.
#[post("/my/{number}/messages/read")]
pub async fn read(app: Data<App>, own: Own) -> Result<HttpResponse, Problem> {
    ops::message::mark_read(&app, own.0.consultation.id).await?;
    Ok(page::see_other(own.path("/messages")))
}

/// The company has not said that it has read it.
pub fn is_new(it: &Entry) -> bool {
    it.author != Party::Company && it.read_by_company_at.is_none()
}

fn answers(own: &Own) -> bool {
    own.0.consultation.allows(Deed::Answer, Party::Company).is_ok()
}

/// The last thing that the company wrote is this, a moment ago: the form was sent twice.
async fn is_sent(app: &App, own: &Own, text: &Prose) -> Result<bool, Problem> {
    let thread = store::message::of(&app.db, own.0.consultation.id, Audience::Everyone).await?;
    let since = app.clock.now() - SENT_TWICE;
    let last = thread.last().filter(|it| it.author == Party::Company && since < it.at);
    Ok(last.is_some_and(|it| it.body == text.as_str()))
}

async fn thread(
    app: &App,
    shell: Shell,
    own: &Own,
    form: Fields,
    errors: FieldErrors,
) -> Result<MessagesPage, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let thread = store::message::of(&app.db, own.0.consultation.id, Audience::Everyone).await?;
    let unread = thread.iter().filter(|it| is_new(it)).count();
    let center = shell.settings.center_name.clone();
    let shown = |it: Entry| Shown {
        author: author(&it, &center, &roster),
        mine: it.author == Party::Company,
        is_new: is_new(&it),
        when: month_day_time(it.at),
        at: iso_date_time(it.at),
        body: it.body,
    };
    Ok(MessagesPage {
        number: own.0.number.to_string(),
        path: own.path(""),
        entries: thread.into_iter().map(shown).collect(),
        unread,
        answers: answers(own),
        shell,
        form,
        errors,
    })
}

fn author(it: &Entry, center: &str, roster: &Roster) -> String {
    match (it.author, it.author_id) {
        (Party::Company, _) => "あなた".to_owned(),
        (Party::Expert, Some(id)) => format!("専門家　{}", roster.name(ExpertId(id))),
        (Party::Desk, _) => Party::Desk.label().to_owned(),
        (Party::Expert, None) | (Party::Coordinator | Party::System, _) => center.to_owned(),
    }
}
