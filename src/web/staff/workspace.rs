//! The center's own marks on a case: tags, and a date until which it is put aside.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::NaiveDate;
use domain::worklist::{Tag, snooze as back_on};

use super::case::{FormState, View, find, render};
use crate::{
    app::App,
    ops,
    problem::Problem,
    url,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[post("/staff/consultations/{number}/tags")]
pub async fn add_tags(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let tags = Tag::parse_list(typed.form.get("tags")).map_err(|err| err.to_string());
    let tags = tags
        .and_then(|it| if it.is_empty() { Err("タグを入力してください".to_owned()) } else { Ok(it) });
    if let Some(tags) = typed.errors.take("tags", tags) {
        let id = case.record.consultation.id;
        if typed.done(ops::worklist::tag::add(&app, id, &tags, me.id).await)? {
            return Ok(page::see_other_with(url::staff(&case.record.number), "タグを付けました。"));
        }
    }
    render(&app, shell, case, View::Overview, typed).await
}

#[post("/staff/consultations/{number}/tags/remove")]
pub async fn remove_tag(
    app: Data<App>,
    me: Coordinator,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    ops::worklist::tag::remove(&app, case.record.consultation.id, form.get("tag"), me.id).await?;
    Ok(page::see_other_with(url::staff(&case.record.number), "タグを外しました。"))
}

/// Puts the case aside until a day, or brings it back now.
#[post("/staff/consultations/{number}/snooze")]
pub async fn snooze(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let (id, next) = (case.record.consultation.id, url::staff(&case.record.number));
    if typed.form.get("do") == "wake" {
        ops::worklist::snooze::until(&app, id, None, me.id).await?;
        return Ok(page::see_other_with(next, "対応一覧に戻しました。"));
    }
    let day = NaiveDate::parse_from_str(typed.form.get("until").trim(), "%Y-%m-%d");
    let until = day
        .map_err(|_| "日付を入力してください".to_owned())
        .and_then(|it| back_on(it, &shell.settings, app.clock.now()).map_err(|err| err.to_string()));
    if let Some(until) = typed.errors.take("until", until)
        && typed.done(ops::worklist::snooze::until(&app, id, Some(until), me.id).await)?
    {
        return Ok(page::see_other_with(next, "あとで対応することにしました。その日に対応一覧に戻ります。"));
    }
    render(&app, shell, case, View::Overview, typed).await
}
