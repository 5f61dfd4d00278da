//! Changing the meeting link of one online appointment.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::actor::Actor;

use super::case::{FormState, Head, find, seen};
use crate::{
    app::App,
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    store::consultation::case_details::{CaseAppointment, CaseDetails},
    web::kit::{
        correction::reason,
        form::Fields,
        meeting_link,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/meeting_link.html")]
struct RoomPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The appointment; `None` if there is no future online appointment.
    appointment: Option<CaseAppointment>,
}

#[get("/staff/consultations/{number}/room")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    render(&app, shell, case, FormState::default()).await
}

#[post("/staff/consultations/{number}/room")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let link = typed.errors.take("video_url", meeting_link::parse(typed.form.get("video_url"), true));
    let reason = reason(&typed.form, &mut typed.errors);
    let version = typed.value(seen(&case, &typed.form, None))?;
    if let (Some(version), Some((link, reason))) = (version, link.zip(reason)) {
        let by = ActorAt::new(Actor::Coordinator(me.id), version);
        let id = case.record.consultation.id;
        let done = ops::booking::meeting_link::change(&app, id, by, &link, reason.as_ref()).await;
        if typed.done(done)? {
            let flash = "接続先を変更しました。企業と専門家にメールで知らせました。";
            return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
        }
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let all =
        crate::store::consultation::case_details::appointments(&app.db, case.record.consultation.id).await?;
    let appointment = all.into_iter().find(|it| it.appointment.is_online_ahead(now));
    if typed.form.pairs().next().is_none()
        && let Some(it) = &appointment
    {
        typed.form.add("video_url", it.appointment.place.clone());
    }
    let status = typed.status();
    let head = Head::of_act(case, now, &typed);
    page::html_with(status, &RoomPage { shell, head, typed, appointment })
}
