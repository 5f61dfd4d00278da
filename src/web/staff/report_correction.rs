//! The correction of a report that the company has.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    aftercare::report::{Report, ReportState},
    id::AppointmentId,
    text::TextLine,
};
use uuid::Uuid;

use super::{case_head::Head, opened::Opened};
use crate::{
    ops::{self, aftercare::report::Saving},
    problem::Problem,
    store::{self, consultation::case_details::CaseAppointment},
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        proposals::{ReportChoices, choices},
        report_form,
    },
};

#[derive(Template)]
#[template(path = "staff/report_correction.html")]
struct CorrectionPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    appointment: CaseAppointment,
    version: i32,
    /// The version that was saved in the meantime.
    newest: Vec<(&'static str, String)>,
    /// The examples and entries of the guide that can be attached.
    choices: ReportChoices,
}

/// Shows the report to correct. With `version`, the form is filled in with that earlier content, so that a correction can be
/// taken back.
#[get("/staff/consultations/{number}/report/{appointment}/correct")]
pub async fn show(
    open: Opened,
    path: Path<(String, Uuid)>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let (appointment, report) = of(&open, AppointmentId(path.1)).await?;
    let earlier = store::aftercare::report::revisions(&open.app.db, report.id).await?;
    let wanted: Option<i32> = query.get("version").parse().ok();
    let body = earlier.iter().find(|it| Some(it.version) == wanted).map_or(&report.body, |it| &it.body);
    let (typed, version) = (FormState::of(report_form::typed(body)), report.version);
    render(open, appointment, typed, version, Vec::new()).await
}

#[post("/staff/consultations/{number}/report/{appointment}/correct")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let id = AppointmentId(path.1);
    of(&open, id).await?;
    let typed_at: i32 = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let mut typed = FormState::of(form);
    let reason = typed.errors.take("reason", TextLine::parse("訂正の理由", typed.form.get("reason"), 200));
    match report_form::parse(&typed.form, Saving::Submit) {
        Err(errors) => errors.iter().for_each(|it| typed.errors.add(it.field, it.message.clone())),
        Ok(body) => {
            if let Some(reason) = reason {
                let done =
                    ops::aftercare::report::correct(&open.app, id, open.me.id, (body, typed_at), &reason)
                        .await;
                if typed.done(done)? {
                    let next = format!("{}/report/{id}", crate::url::staff(&open.number()));
                    return Ok(page::see_other_with(next, "報告書を訂正しました。"));
                }
            }
        }
    }
    let (appointment, report) = of(&open, id).await?;
    // After a conflict, the form continues from the newest version, which is shown above the typed text.
    let is_stale = typed.refused.is_some() && report.version != typed_at;
    let version = if is_stale { report.version } else { typed_at };
    let newest = if is_stale { report_form::labelled(&report.body) } else { Vec::new() };
    render(open, appointment, typed, version, newest).await
}

async fn render(
    open: Opened,
    appointment: CaseAppointment,
    typed: FormState,
    version: i32,
    newest: Vec<(&'static str, String)>,
) -> Result<HttpResponse, Problem> {
    let choices = choices(&open.app, &open.case.record, &typed.form).await?;
    open.page(typed, |shell, head, typed| CorrectionPage {
        shell,
        head,
        typed,
        appointment,
        version,
        newest,
        choices,
    })
}

/// Returns the appointment of the consultation with its report, which the company has.
async fn of(open: &Opened, id: AppointmentId) -> Result<(CaseAppointment, Report), Problem> {
    let appointment = open.appointment(id).await?;
    let report = store::aftercare::report::of_appointment(&open.app.db, id).await?;
    let report = report.filter(|it| matches!(it.state, ReportState::Approved { .. }));
    Ok((appointment, report.ok_or(Problem::NotFound)?))
}
