//! Messages to the company, and notes for ourselves.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use domain::{actor::Actor, text::Prose};

use super::case::{Typed, View, find, render, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::message::Audience,
    web::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[post("/staff/consultations/{number}/message")]
pub async fn message(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Everyone).await
}

#[post("/staff/consultations/{number}/note")]
pub async fn note(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    post(&app, &me, shell, &number, form, Audience::Internal).await
}

async fn post(
    app: &App,
    me: &Coordinator,
    shell: Shell,
    number: &str,
    form: Fields,
    audience: Audience,
) -> Result<HttpResponse, Problem> {
    let case = find(app, number).await?;
    let (field, label, done) = match audience {
        Audience::Everyone => ("text", "メッセージ", "メッセージを送りました。"),
        Audience::Internal => ("note", "内部メモ", "内部メモを保存しました。"),
    };
    let mut typed = Typed { form, ..Typed::default() };
    let text = typed.errors.take(field, Prose::parse(label, typed.form.get(field), 2000));
    if let Some(text) = text {
        let id = case.record.consultation.id;
        match ops::message::post(app, id, Actor::Coordinator(me.id), audience, &text).await {
            Ok(()) => {
                let next = format!("{}?view=messages", crate::url::staff(&case.record.number));
                return Ok(page::see_other_with(next, done));
            }
            Err(problem) => typed.refused = Some(sentence(problem)?),
        }
    }
    render(app, shell, case, View::Messages, typed).await
}
