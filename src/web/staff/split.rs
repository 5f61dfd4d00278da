//! The page on which a part of a case becomes a case of its own.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::{
    field::{Field, Fields as FieldsOfCase},
    id::MessageId,
    intake::application::TICKED,
    text::Prose,
    wording,
};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops::{
        self,
        intake::apply::{AwaitedIn, SplitOff},
    },
    problem::Problem,
    store::{
        self,
        correspondence::message::{Audience, ThreadEntry},
    },
    web::kit::{
        form::{Choice, Fields},
        form_state::{FormState, sentence},
        page::{self, Shell},
    },
};

/// The longest description of the new case, as long as the company's own may be. Characters.
const LONGEST_TEXT: usize = 2000;
/// The characters of a message by which it is chosen.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "staff/split.html")]
struct SplitPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    key: Uuid,
    fields: Vec<Choice>,
    messages: Vec<Choice>,
    /// The cases in which the message can wait that has no response yet; empty if there is none.
    awaited: Vec<Choice>,
}

#[get("/staff/consultations/{number}/split")]
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    render(open, FormState::default()).await
}

#[post("/staff/consultations/{number}/split")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if let Some(off) = split_off(&mut typed) {
        // A form that was sent twice finds the case that it has made, whatever the version is now.
        let version = match open.seen(&typed.form, None) {
            Ok(version) => version,
            Err(_) => typed.form.get("version").parse().unwrap_or_default(),
        };
        match ops::intake::apply::split(&open.app, open.id(), version, &off, open.me.id).await {
            Ok(new) => {
                let flash = format!("{}から分けました。", open.number());
                return Ok(page::see_other_with(crate::url::staff(&new.number), &flash));
            }
            Err(problem) => typed.refused = Some(sentence(problem)?),
        }
    }
    render(open.again().await?, typed).await
}

/// Returns what the form asks for; `None` if a value is wrong.
fn split_off(typed: &mut FormState) -> Option<SplitOff> {
    let has = |field: Field| typed.form.has("field", field.code());
    let fields = FieldsOfCase::from_flags(has(Field::Ict), has(Field::Labor));
    let text = Prose::parse("相談内容", typed.form.get("description"), LONGEST_TEXT);
    let messages = typed.form.all("message").filter_map(|it| Uuid::try_parse(it).ok());
    let messages = messages.map(MessageId).collect();
    let leave = typed.form.has("leave", TICKED);
    let key = Uuid::try_parse(typed.form.get("key")).ok();
    let awaited = AwaitedIn::from_code(typed.form.get("awaited")).unwrap_or(AwaitedIn::Both);
    let fields = typed.errors.take("field", fields.ok_or("相談の分野を選択してください"));
    let description = typed.errors.take("description", text);
    Some(SplitOff { fields: fields?, leave, description: description?, messages, awaited, key: key? })
}

async fn render(open: Opened, mut typed: FormState) -> Result<HttpResponse, Problem> {
    if typed.form.get("awaited").is_empty() {
        typed.form.add("awaited", AwaitedIn::Both.code());
    }
    let waits = open.case.record.response.is_some();
    let awaited = AwaitedIn::ALL.into_iter().filter(|_| waits).map(|it| Choice::new(it.code(), it.label()));
    let awaited = awaited.collect();
    let thread = store::correspondence::message::of(&open.app.db, open.id(), Audience::Center).await?;
    let messages = thread.iter().map(|it| Choice::new(it.id.to_string(), begins(it))).collect();
    let key = Uuid::try_parse(typed.form.get("key")).unwrap_or_else(|_| Uuid::new_v4());
    let fields = [(Field::Ict, "ICT"), (Field::Labor, "労務管理")];
    let fields = fields.into_iter().map(|(it, label)| Choice::new(it.code(), label)).collect();
    open.page(typed, |shell, head, typed| SplitPage { shell, head, typed, key, fields, messages, awaited })
}

/// Returns the time and the beginning of a message.
fn begins(it: &ThreadEntry) -> String {
    let line: String = it.body.chars().map(|it| if it == '\n' { ' ' } else { it }).take(SHOWN).collect();
    format!("{}　{}　{line}", wording::month_day_time(it.at), it.author.label())
}
