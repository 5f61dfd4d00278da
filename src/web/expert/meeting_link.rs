//! Changing the meeting link of one online appointment, by the expert who gives it.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::wording;

use super::case::OpenedByExpert;
use crate::{
    ops,
    problem::Problem,
    web::kit::{
        correction::reason,
        form::Fields,
        form_state::FormState,
        meeting_link,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "expert/meeting_link.html")]
struct MeetingLinkPage {
    shell: Shell,
    typed: FormState,
    back: String,
    when: String,
}

#[get("/expert/consultations/{number}/room")]
pub async fn show(open: OpenedByExpert) -> Result<HttpResponse, Problem> {
    render(open, None).await
}

#[post("/expert/consultations/{number}/room")]
pub async fn submit(open: OpenedByExpert, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let link = meeting_link::parse(typed.form.get("video_url"), true);
    let link = typed.errors.take("video_url", link);
    let reason = reason(&typed.form, &mut typed.errors);
    if let Some((link, reason)) = link.zip(reason) {
        let (id, by) = (open.id(), open.by());
        let done = ops::booking::meeting_link::change(&open.app, id, by, &link, reason.as_ref()).await;
        if typed.done(done)? {
            return Ok(open.back("接続先を変更しました。企業にお知らせします。"));
        }
    }
    render(open, Some(typed)).await
}

/// Shows the form with the typed values, or with the current link.
async fn render(open: OpenedByExpert, typed: Option<FormState>) -> Result<HttpResponse, Problem> {
    let now = open.app.clock.now();
    let Some(live) = open.case.live(&open.app).await?.filter(|it| it.is_online_ahead(now)) else {
        return Ok(open.back("接続先を変更できるオンラインの予約はありません。"));
    };
    let typed =
        typed.unwrap_or_else(|| FormState::of(Fields::from_iter([("video_url", live.place.as_str())])));
    let when = wording::long_date_time_range(live.starts_at, live.ends_at);
    let back = open.case.path();
    page::html_with(typed.status(), &MeetingLinkPage { shell: open.shell, typed, back, when })
}
