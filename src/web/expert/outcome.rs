//! The page on which an expert corrects the recorded outcome of an appointment of their own.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    booking::appointment::{Appointment, RecordedOutcome},
    consultation::ActionKind,
    wording,
};

use super::case::OpenedByExpert;
use crate::{
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        outcome_form,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "expert/outcome_correction.html")]
struct CorrectionPage {
    shell: Shell,
    typed: FormState,
    back: String,
    when: String,
    /// The outcome that is recorded.
    recorded: String,
    choices: Vec<Choice>,
}

#[get("/expert/consultations/{number}/outcome/{appointment}")]
pub async fn show(open: OpenedByExpert, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    render(open, &path.1, FormState::default()).await
}

#[post("/expert/consultations/{number}/outcome/{appointment}")]
pub async fn submit(
    open: OpenedByExpert,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (appointment, _) = of(&open, &path.1).await?;
    let mut typed = FormState::of(form);
    if let Some((to, reason)) = outcome_form::parse(&typed.form, &mut typed.errors) {
        let done =
            ops::consultation::outcome::correct(&open.app, appointment.id, open.by(), to, &reason).await;
        if typed.done(done)? {
            return Ok(open.back(outcome_form::DONE));
        }
    }
    render(open, &path.1, typed).await
}

async fn render(open: OpenedByExpert, id: &str, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let (appointment, recorded) = of(&open, id).await?;
    let (_, roster) = open.app.programme_and_experts().await?;
    if typed.refused.is_none() {
        let may =
            open.case.record.consultation.allows(ActionKind::CorrectOutcome, domain::actor::Party::Expert);
        typed.refused = may.err().map(|it| it.to_string());
    }
    let status = typed.status();
    let page = CorrectionPage {
        back: open.case.path(),
        when: wording::long_date_time_range(appointment.starts_at, appointment.ends_at),
        recorded: outcome_form::label(recorded, &roster),
        choices: outcome_form::choices(&appointment, &roster, open.case.record.consultation.state.is_open()),
        shell: open.shell,
        typed,
    };
    page::html_with(status, &page)
}

/// Returns the expert's own appointment with its recorded outcome.
async fn of(open: &OpenedByExpert, id: &str) -> Result<(Appointment, RecordedOutcome), Problem> {
    let all = store::booking::appointment::of(&open.app.db, open.id()).await?;
    let is_own = |it: &Appointment| it.id.to_string() == id && it.experts.contains(&open.expert.id);
    let found = all.into_iter().find(is_own).ok_or(Problem::NotFound)?;
    let recorded = found.recorded().ok_or(Problem::NotFound)?;
    Ok((found, recorded))
}
