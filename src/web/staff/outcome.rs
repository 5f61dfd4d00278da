//! The page on which the recorded outcome of an appointment is corrected.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{consultation::ActionKind, id::AppointmentId, wording};
use uuid::Uuid;

use super::{
    case_head::{Head, may},
    case_tabs::View,
    opened::Opened,
    stead,
};
use crate::{
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        outcome_form,
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/outcome.html")]
struct OutcomePage {
    shell: Shell,
    head: Head,
    typed: FormState,
    when: String,
    /// The outcome that is recorded.
    recorded: String,
    choices: Vec<Choice>,
    /// The people whose decision may be recorded.
    sayers: Vec<Choice>,
    /// Whether the outcome can be corrected now.
    possible: bool,
}

#[get("/staff/consultations/{number}/outcome/{appointment}")]
pub async fn show(open: Opened, path: Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let refused = may(&open.case.record.consultation, ActionKind::CorrectOutcome).err();
    let typed = FormState { refused: refused.map(|it| it.to_string()), ..FormState::default() };
    render(open, AppointmentId(path.1), typed).await
}

#[post("/staff/consultations/{number}/outcome/{appointment}")]
pub async fn submit(open: Opened, path: Path<(String, Uuid)>, form: Fields) -> Result<HttpResponse, Problem> {
    let id = AppointmentId(path.1);
    open.appointment(id).await?;
    let mut typed = FormState::of(form);
    let parsed = outcome_form::parse(&typed.form, &mut typed.errors);
    let version = typed.value(open.seen(&typed.form, Some(ActionKind::CorrectOutcome)))?;
    if let (Some(version), Some((to, reason))) = (version, parsed) {
        let by = ActorAt::new(stead::actor(&typed.form, open.me.id)?, version);
        if typed.done(ops::consultation::outcome::correct(&open.app, id, by, to, &reason).await)? {
            return Ok(open.back_to(View::Appointments, outcome_form::DONE));
        }
    }
    render(open.again().await?, id, typed).await
}

async fn render(open: Opened, id: AppointmentId, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let appointment = open.appointment(id).await?.appointment;
    let recorded = appointment.recorded().ok_or(Problem::NotFound)?;
    let (_, roster) = open.app.programme_and_experts().await?;
    let possible = may(&open.case.record.consultation, ActionKind::CorrectOutcome).is_ok();
    let sayers = stead::sayers(&open.app, &open.case, ActionKind::CorrectOutcome).await?;
    stead::preset(&mut typed.form);
    let is_open = open.case.record.consultation.state.is_open();
    open.page(typed, |shell, head, typed| OutcomePage {
        shell,
        head,
        typed,
        when: wording::long_date_time_range(appointment.starts_at, appointment.ends_at),
        recorded: outcome_form::label(recorded, &roster),
        choices: outcome_form::choices(&appointment, &roster, is_open),
        sayers,
        possible,
    })
}
