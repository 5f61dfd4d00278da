//! Cancelling an appointment, and withdrawing a consultation: two different actions, each confirmed on its
//! own page.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    booking::appointment::Appointment,
    consultation::{ActionKind, State},
    due::DueKind,
    text::{Prose, optional},
    wording::month_day_time,
};

use super::{appointment::CompanyAppointment, own_consultation::OwnConsultation};
use crate::{
    app::App,
    ops::{self, consultation::Ending},
    problem::Problem,
    store,
    web::kit::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

/// The length of the longest reason, in characters.
const LONGEST: usize = 500;

#[derive(Template)]
#[template(path = "company/cancel.html")]
struct CancelPage {
    shell: Shell,
    number: String,
    path: String,
    /// The booked appointment.
    appointment: Option<CompanyAppointment>,
    /// Until when the company can cancel the appointment; empty if none is booked.
    until: String,
    too_late: bool,
    /// Whether the experts can give another appointment, so that the company chooses a time at once.
    may_choose: bool,
    /// Whether an appointment has taken place, so that the consultation is ended rather than withdrawn.
    advised: bool,
}

#[derive(Template)]
#[template(path = "company/cancel_appointment.html")]
struct CancelAppointmentPage {
    shell: Shell,
    number: String,
    path: String,
    appointment: CompanyAppointment,
    may_choose: bool,
    form: Fields,
    errors: FieldErrors,
    problem: String,
}

#[derive(Template)]
#[template(path = "company/withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    number: String,
    path: String,
    /// Whether an appointment has taken place, so that the consultation is ended rather than withdrawn.
    advised: bool,
    /// Whether the report on what took place is still to come.
    lacks_report: bool,
    /// The appointment that is cancelled together with the consultation.
    appointment: Option<CompanyAppointment>,
    form: Fields,
    errors: FieldErrors,
    problem: String,
}

#[get("/my/{number}/cancel")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let form = Fields::from_iter([("action", Fields::of_query(&req).get("action"))]);
    answer(&app, shell, own, form, FieldErrors::default(), String::new()).await
}

#[post("/my/{number}/cancel")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let id = own.0.consultation.id;
    let parse = |raw: &str| Prose::parse("理由", raw, LONGEST);
    let (done, mut said) = match form.get("action") {
        "cancel" => {
            let Some(reason) = errors.take("reason", parse(form.get("reason"))) else {
                return answer(&app, shell, own, form, errors, String::new()).await;
            };
            let reason = reason.as_str().to_owned();
            let done = ops::booking::appointment::cancel(&app, id, Actor::Company, reason).await;
            (done, "予約を取り消しました。あらためて日時を選べます。")
        }
        "withdraw" => {
            let Some(reason) = errors.take("reason", optional(form.get("reason"), parse)) else {
                return answer(&app, shell, own, form, errors, String::new()).await;
            };
            let ending = Ending::Withdraw { reason };
            let done = ops::consultation::end(&app, id, None, Actor::Company, ending).await;
            let is_held = store::consultation::find(&app.db, id)
                .await?
                .is_some_and(|it| it.consultation.state == State::Completed);
            (done, if is_held { "相談を終えました。" } else { "相談を取り下げました。" })
        }
        _ => return Err(Problem::Unreadable),
    };
    match done {
        Ok(()) => {
            if form.get("action") == "cancel" && own.is_searched_for(&app).await? {
                said = "予約を取り消しました。担当する専門家を、センターがあらためて調整します。";
            }
            Ok(page::see_other_with(own.path(""), said))
        }
        Err(problem @ (Problem::Stale | Problem::Refused(_))) => {
            let current = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
            answer(&app, shell, OwnConsultation(current), form, errors, problem.to_string()).await
        }
        Err(problem) => Err(problem),
    }
}

/// Shows the page for the chosen cancellation, or the page to choose between the two; `problem` says why it
/// was refused.
async fn answer(
    app: &App,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
    errors: FieldErrors,
    problem: String,
) -> Result<HttpResponse, Problem> {
    let can = |action| own.0.consultation.allows(action, Party::Company).is_ok();
    if !can(ActionKind::Withdraw) {
        return match problem.is_empty() {
            true => Ok(page::see_other_with(own.path(""), "この相談は終了しています。")),
            false => Err(Problem::Refused(problem)),
        };
    }
    let status = match (problem.is_empty(), errors.is_empty()) {
        (false, _) => StatusCode::CONFLICT,
        (true, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::OK,
    };
    let (programme, roster) = app.programme_and_experts().await?;
    let now = app.clock.now();
    let all = store::booking::appointment::of(&app.db, own.0.consultation.id).await?;
    let booked =
        all.into_iter().find(Appointment::is_confirmed).filter(|_| can(ActionKind::CancelAppointment));
    let until = match &booked {
        Some(it) => Some(
            ops::booking::change_limit::change_limit(&app.db, &programme, &shell.settings, it, now).await?,
        ),
        None => None,
    };
    let in_time = until.is_some_and(|it| now < it);
    // What took place stays: then the consultation is ended, not withdrawn.
    let over = booked.as_ref().is_some_and(|it| it.ends_at <= now);
    let advised = over || own.0.appointments_done > 0;
    let lacks_report =
        over || own.0.due.as_ref().is_some_and(|it| matches!(it.kind, DueKind::Report | DueKind::Approval));
    let booked = booked.filter(|_| !over);
    let appointment = booked.as_ref().map(|it| CompanyAppointment::of(it, &roster));
    let may_choose = ops::routing::presence::can_give_another(app, &own.0).await?;
    let (number, path) = (own.0.number.to_string(), own.path(""));
    match (form.get("action"), appointment) {
        ("cancel", Some(appointment)) if in_time => {
            let page =
                CancelAppointmentPage { shell, number, path, appointment, may_choose, form, errors, problem };
            page::html_with(status, &page)
        }
        ("cancel", None) if !problem.is_empty() => Err(Problem::Refused(problem)),
        (action, appointment) if action == "withdraw" || appointment.is_none() => page::html_with(
            status,
            &WithdrawPage { shell, number, path, advised, lacks_report, appointment, form, errors, problem },
        ),
        (_, appointment) => {
            let until = until.map(month_day_time).unwrap_or_default();
            let too_late = !in_time;
            let page = CancelPage { shell, number, path, appointment, until, too_late, may_choose, advised };
            page::html_with(status, &page)
        }
    }
}
