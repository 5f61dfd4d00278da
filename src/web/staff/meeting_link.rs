//! Changing the meeting link of one online appointment.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::actor::Actor;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    store::consultation::case_details::CaseAppointment,
    web::kit::{correction::reason, form::Fields, form_state::FormState, meeting_link, page::Shell},
};

#[derive(Template)]
#[template(path = "staff/meeting_link.html")]
struct MeetingLinkPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The appointment; `None` if there is no future online appointment.
    appointment: Option<CaseAppointment>,
}

#[get("/staff/consultations/{number}/room")]
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    render(open, FormState::default()).await
}

#[post("/staff/consultations/{number}/room")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let link = typed.errors.take("video_url", meeting_link::parse(typed.form.get("video_url"), true));
    let reason = reason(&typed.form, &mut typed.errors);
    let version = typed.value(open.seen(&typed.form, None))?;
    if let (Some(version), Some((link, reason))) = (version, link.zip(reason)) {
        let by = ActorAt::new(Actor::Coordinator(open.me.id), version);
        let done = ops::booking::meeting_link::change(&open.app, open.id(), by, &link, reason.as_ref()).await;
        if typed.done(done)? {
            return Ok(open.back(&format!(
                "接続先を変更しました。{}",
                open.confirmation(Actor::Coordinator(open.me.id))
            )));
        }
    }
    render(open.again().await?, typed).await
}

async fn render(open: Opened, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let now = open.app.clock.now();
    let all = open.appointments().await?;
    let appointment = all.into_iter().find(|it| it.appointment.is_online_ahead(now));
    if typed.form.pairs().next().is_none()
        && let Some(it) = &appointment
    {
        typed.form.add("video_url", it.appointment.place.clone());
    }
    open.page(typed, |shell, head, typed| MeetingLinkPage { shell, head, typed, appointment })
}
