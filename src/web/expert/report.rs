//! The report on an appointment: written, saved, submitted, and read again.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use domain::{
    aftercare::report::{Report, ReportBody, ReportState},
    booking::appointment::{Appointment, AppointmentState},
    wording,
};

use super::case::{OpenedByExpert, SummaryRow};
use crate::{
    ops::{self, aftercare::report::Saving},
    problem::Problem,
    store,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        proposals::{ReportChoices, choices},
        report_form::{labelled, parse, typed},
    },
};

const NOT_HELD: &str =
    "相談の結果が訂正されたため、この報告書は使われていません。書いた内容は、そのまま残っています。";

#[derive(Template)]
#[template(path = "expert/report.html")]
struct ReportPage {
    shell: Shell,
    typed: FormState,
    head: Head,
    version: i32,
    /// Why the center returned the report.
    returned: Option<String>,
    /// The version that the other author has saved in the meantime.
    newest: Vec<SummaryRow>,
    /// The examples and entries of the guide that can be attached.
    choices: ReportChoices,
}

#[derive(Template)]
#[template(path = "expert/report_read.html")]
struct ReadPage {
    shell: Shell,
    head: Head,
    state: &'static str,
    handed_in: Option<String>,
    rows: Vec<SummaryRow>,
}

/// The heading of a report, in the form and in the read-only page.
struct Head {
    company: String,
    number: String,
    back: String,
    when: String,
    appointment: String,
    /// The other expert of the appointment, who shares the report.
    with: Option<String>,
    due: Option<String>,
}

#[get("/expert/consultations/{number}/report")]
pub async fn show(open: OpenedByExpert, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let Some(appointment) = appointment(&open, query.get("session")).await? else {
        return Ok(open.back("実施を記録すると、報告書を書けます。"));
    };
    let report = store::aftercare::report::of_appointment(&open.app.db, appointment.id).await?;
    let head = head(&open, &appointment).await?;
    match report {
        // What was written of an appointment that was not held after all stays.
        Some(it) if is_closed(&it) || appointment.state != AppointmentState::Done => {
            let is_held = appointment.state == AppointmentState::Done;
            page::html(&read_page(open.shell, head, &it, is_held))
        }
        report => {
            let version = report.as_ref().map_or(0, |it| it.version);
            let returned = report.as_ref().and_then(returned);
            let typed = FormState::of(report.map(|it| typed(&it.body)).unwrap_or_default());
            let newest = Vec::new();
            let choices = choices(&open.app, &open.case.record, &typed.form).await?;
            page::html(&ReportPage { shell: open.shell, typed, head, version, returned, newest, choices })
        }
    }
}

#[post("/expert/consultations/{number}/report")]
pub async fn submit(open: OpenedByExpert, form: Fields) -> Result<HttpResponse, Problem> {
    let appointment = appointment(&open, form.get("session")).await?.ok_or(Problem::NotFound)?;
    let saving = if form.get("action") == "submit" { Saving::Submit } else { Saving::Keep };
    let typed_at: i32 = form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let mut typed = FormState::of(form);
    match parse(&typed.form, saving) {
        Err(errors) => typed.errors = errors,
        Ok(body) => {
            let done = ops::aftercare::report::write(
                &open.app,
                appointment.id,
                open.expert.id,
                body,
                typed_at,
                saving,
            );
            if typed.done(done.await)? {
                return Ok(saved(&open, &appointment, saving));
            }
        }
    }
    let head = head(&open, &appointment).await?;
    let kept = store::aftercare::report::of_appointment(&open.app.db, appointment.id).await?;
    let returned = kept.as_ref().and_then(returned);
    // After a conflict, the form continues from the newest version, which is shown below the typed text.
    let newest = kept.filter(|_| typed.refused.is_some());
    let version = newest.as_ref().map_or(typed_at, |it| it.version);
    let newest = newest.map(|it| rows(&it.body)).unwrap_or_default();
    let status = typed.status();
    let choices = choices(&open.app, &open.case.record, &typed.form).await?;
    let shell = open.shell;
    page::html_with(status, &ReportPage { shell, typed, head, version, returned, newest, choices })
}

/// Returns the appointment that the report is about: the named one, or the latest that took place.
async fn appointment(open: &OpenedByExpert, wanted: &str) -> Result<Option<Appointment>, Problem> {
    let (me, all) = (open.expert.id, store::booking::appointment::of(&open.app.db, open.id()).await?);
    let took_part = |it: &Appointment| it.state.outcome().is_some() && it.present().any(|it| it == me);
    let mut mine = all.into_iter().filter(took_part);
    if wanted.is_empty() {
        return Ok(mine.filter(|it| it.state == AppointmentState::Done).max_by_key(|it| it.starts_at));
    }
    mine.find(|it| it.id.to_string() == wanted).map(Some).ok_or(Problem::NotFound)
}

async fn head(open: &OpenedByExpert, appointment: &Appointment) -> Result<Head, Problem> {
    let OpenedByExpert { app, expert, case, .. } = open;
    let (_, roster) = app.programme_and_experts().await?;
    let others: Vec<_> =
        appointment.experts.iter().filter(|&&it| it != expert.id).map(|&it| roster.name(it)).collect();
    let due = case.record.due.as_ref().filter(|it| it.kind == domain::due::DueKind::Report);
    Ok(Head {
        company: case.record.company_name.clone(),
        number: case.record.number.to_string(),
        back: case.path(),
        when: wording::long_date_time_range(appointment.starts_at, appointment.ends_at),
        appointment: appointment.id.to_string(),
        with: (!others.is_empty()).then(|| others.join("、")),
        due: due.and_then(domain::due::Due::at).map(wording::long_date_time),
    })
}

fn saved(open: &OpenedByExpert, appointment: &Appointment, saving: Saving) -> HttpResponse {
    let location = format!("{}?session={}", open.case.path_of("report"), appointment.id);
    match saving {
        Saving::Keep => {
            let at = wording::time(open.app.clock.now());
            page::see_other_with(location, &format!("下書きを保存しました（{at}）。"))
        }
        Saving::Submit => {
            page::see_other_with(location, "実施報告書を提出しました。センターで内容を確認します。")
        }
    }
}

fn rows(body: &ReportBody) -> Vec<SummaryRow> {
    labelled(body).into_iter().map(|(label, text)| SummaryRow::new(label, &text)).collect()
}

const fn is_closed(report: &Report) -> bool {
    matches!(report.state, ReportState::Submitted { .. } | ReportState::Approved { .. })
}

fn returned(report: &Report) -> Option<String> {
    match &report.state {
        ReportState::Returned { reason } => Some(reason.clone()),
        ReportState::Draft | ReportState::Submitted { .. } | ReportState::Approved { .. } => None,
    }
}

fn read_page(shell: Shell, head: Head, report: &Report, is_held: bool) -> ReadPage {
    let handed_in = match &report.state {
        ReportState::Submitted { at } => {
            Some(format!("{}に提出しました。センターの確認を待っています。", wording::long_date_time(*at)))
        }
        ReportState::Approved { at, .. } => {
            Some(format!("{}にセンターが確認し、企業に公開しました。", wording::long_date_time(*at)))
        }
        ReportState::Draft | ReportState::Returned { .. } => None,
    };
    let handed_in = if is_held { handed_in } else { Some(NOT_HELD.to_owned()) };
    ReadPage { shell, head, state: report.state.label(), handed_in, rows: rows(&report.body) }
}
