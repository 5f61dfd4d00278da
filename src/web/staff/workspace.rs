//! The center's own marks on a case: tags, tasks, and a date until which it is put aside.
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::{
    calendar::japan_date,
    text::TextLine,
    worklist::{LONGEST_TASK, Tag, snooze as back_on},
};

use super::{case, case_tabs::View, opened::Opened, tasks};
use crate::{
    ops,
    problem::Problem,
    web::kit::{form::Fields, form_state::FormState},
};

#[post("/staff/consultations/{number}/tags")]
pub async fn add_tags(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let tags = Tag::parse_list(typed.form.get("tags")).map_err(|err| err.to_string());
    let tags = tags
        .and_then(|it| if it.is_empty() { Err("タグを入力してください".to_owned()) } else { Ok(it) });
    if let Some(tags) = typed.errors.take("tags", tags)
        && typed.done(ops::worklist::tag::add(&open.app, open.id(), &tags, open.me.id).await)?
    {
        return Ok(open.back("タグを付けました。"));
    }
    case::render(open, View::Overview, typed).await
}

#[post("/staff/consultations/{number}/tags/remove")]
pub async fn remove_tag(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    ops::worklist::tag::remove(&open.app, open.id(), form.get("tag"), open.me.id).await?;
    Ok(open.back("タグを外しました。"))
}

/// Puts the case aside until a day, or brings it back now.
#[post("/staff/consultations/{number}/snooze")]
pub async fn snooze(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if typed.form.get("action") == "wake" {
        ops::worklist::snooze::until(&open.app, open.id(), None, open.me.id).await?;
        return Ok(open.back("対応一覧に戻しました。"));
    }
    let now = open.app.clock.now();
    let day = NaiveDate::parse_from_str(typed.form.get("until").trim(), "%Y-%m-%d");
    let until = day
        .map_err(|_| "日付を入力してください".to_owned())
        .and_then(|it| back_on(it, &open.shell.settings, now).map_err(|err| err.to_string()));
    if let Some(until) = typed.errors.take("until", until)
        && typed.done(ops::worklist::snooze::until(&open.app, open.id(), Some(until), open.me.id).await)?
    {
        return Ok(open.back("あとで対応することにしました。その日に対応一覧に戻ります。"));
    }
    case::render(open, View::Overview, typed).await
}

/// Adds a task to a case.
#[post("/staff/consultations/{number}/tasks")]
pub async fn add_task(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let app = &open.app;
    let mut typed = FormState::of(form);
    let title = typed.errors.take("title", TextLine::parse("作業", typed.form.get("title"), LONGEST_TASK));
    let due_on = tasks::day(&typed.form, &mut typed.errors, japan_date(app.clock.now()));
    let owner = tasks::owner(app, &typed.form, &mut typed.errors).await?;
    if let (Some(title), Some(due_on), Some(owner)) = (title, due_on, owner) {
        let done = ops::worklist::task::add(app, open.id(), &title, owner, due_on, open.me.id).await;
        if typed.done(done)? {
            return Ok(open.back("作業を追加しました。"));
        }
    }
    case::render(open, View::Overview, typed).await
}
