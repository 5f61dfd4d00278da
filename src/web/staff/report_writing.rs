//! The report that a coordinator writes in the stead of an expert.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    aftercare::report::{Report, ReportState},
    booking::appointment::{Appointment, AppointmentState},
    id::{AppointmentId, ExpertId},
};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops::{self, aftercare::report::Saving},
    problem::Problem,
    store::{self, consultation::case_details::CaseAppointment},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        proposals::{ReportChoices, choices},
        report_form,
    },
};

#[derive(Template)]
#[template(path = "staff/report_writing.html")]
struct WritingPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    appointment: CaseAppointment,
    /// The experts of the appointment, if there are several.
    authors: Vec<Choice>,
    version: i32,
    /// Whether the report can be written: the appointment took place, and the report is not submitted.
    is_open: bool,
    /// The version that was saved in the meantime.
    newest: Vec<(&'static str, String)>,
    /// The examples and entries of the guide that can be attached.
    choices: ReportChoices,
}

#[get("/staff/consultations/{number}/report/{appointment}/write")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let (appointment, report) = of(&open, AppointmentId(path.1)).await?;
    let mut typed = FormState::of(report.as_ref().map(|it| report_form::typed(&it.body)).unwrap_or_default());
    if let Some(author) = author(&appointment.appointment, report.as_ref(), "") {
        typed.form.add("author", author.to_string());
    }
    let version = report.as_ref().map_or(0, |it| it.version);
    render(open, appointment, report, typed, version).await
}

#[post("/staff/consultations/{number}/report/{appointment}/write")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let id = AppointmentId(path.1);
    let (appointment, report) = of(&open, id).await?;
    let saving = if form.get("action") == "keep" { Saving::Keep } else { Saving::Submit };
    let typed_at: i32 = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let mut typed = FormState::of(form);
    let author = author(&appointment.appointment, report.as_ref(), typed.form.get("author"));
    let author = author.ok_or(Problem::NotFound)?;
    match report_form::parse(&typed.form, saving) {
        Err(errors) => typed.errors = errors,
        Ok(body) => {
            let by = Actor::Stead(open.me.id, Represented::Expert(author));
            if typed.done(ops::aftercare::report::write(&open.app, id, by, body, typed_at, saving).await)? {
                let (rest, flash) = match saving {
                    Saving::Keep => ("/write", "報告書の下書きを保存しました。"),
                    Saving::Submit => ("", "報告書を提出しました。内容を確認してください。"),
                };
                let next = format!("{}/report/{id}{rest}", crate::url::staff(&open.number()));
                return Ok(page::see_other_with(next, flash));
            }
        }
    }
    let (appointment, report) = of(&open, id).await?;
    // After a conflict, the form continues from the newest version, which is shown above the typed text.
    let version = report.as_ref().filter(|_| typed.refused.is_some()).map_or(typed_at, |it| it.version);
    render(open, appointment, report, typed, version).await
}

async fn render(
    open: Opened,
    appointment: CaseAppointment,
    report: Option<Report>,
    typed: FormState,
    version: i32,
) -> Result<HttpResponse, Problem> {
    let choices = choices(&open.app, &open.case.record, &typed.form).await?;
    let it = &appointment.appointment;
    let authors: Vec<_> = it
        .experts
        .iter()
        .zip(&appointment.experts)
        .filter(|(id, _)| it.absent != Some(**id))
        .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
        .collect();
    let authors = if authors.len() > 1 && report.is_none() { authors } else { Vec::new() };
    let is_open = it.state == AppointmentState::Done && report.as_ref().is_none_or(is_open);
    let newest = report.filter(|it| typed.refused.is_some() && it.version > 0);
    let newest = newest.map(|it| report_form::labelled(&it.body)).unwrap_or_default();
    open.page(typed, |shell, head, typed| WritingPage {
        shell,
        head,
        typed,
        appointment,
        authors,
        version,
        is_open,
        newest,
        choices,
    })
}

/// Returns the appointment of the consultation with its report.
async fn of(open: &Opened, id: AppointmentId) -> Result<(CaseAppointment, Option<Report>), Problem> {
    let appointment = open.appointment(id).await?;
    Ok((appointment, store::aftercare::report::of_appointment(&open.app.db, id).await?))
}

/// Returns the expert in whose stead the report is written: the one who began it, the chosen one, or the first.
fn author(appointment: &Appointment, report: Option<&Report>, chosen: &str) -> Option<ExpertId> {
    let part = |it: &&ExpertId| appointment.present().any(|present| present == **it);
    let begun = report.map(|it| it.author);
    let chosen = Uuid::try_parse(chosen).ok().map(ExpertId);
    let first = appointment.present().next();
    begun.as_ref().filter(part).or(chosen.as_ref().filter(part)).copied().or(first)
}

/// Returns whether the report can still be written.
pub const fn is_open(report: &Report) -> bool {
    matches!(report.state, ReportState::Draft | ReportState::Returned { .. })
}
