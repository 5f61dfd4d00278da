//! The page on which the recorded outcome of an appointment is corrected.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{booking::appointment::Appointment, consultation::ActionKind, id::AppointmentId, wording};
use uuid::Uuid;

use super::{
    case::{FormState, Head, find, may, seen},
    stead,
};
use crate::{
    app::App,
    ops::{self, case::actor::ActorAt},
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        outcome_form,
        page::{self, Shell},
        session::Coordinator,
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
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (number, id) = path.into_inner();
    let case = find(&app, &number).await?;
    let refused = may(&case.record.consultation, ActionKind::CorrectOutcome).err().map(|it| it.to_string());
    render(&app, shell, case, AppointmentId(id), FormState { refused, ..FormState::default() }).await
}

#[post("/staff/consultations/{number}/outcome/{appointment}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (number, id) = path.into_inner();
    let (case, id) = (find(&app, &number).await?, AppointmentId(id));
    of(&app, &case, id).await?;
    let mut typed = FormState::of(form);
    let parsed = outcome_form::parse(&typed.form, &mut typed.errors);
    let version = typed.value(seen(&case, &typed.form, Some(ActionKind::CorrectOutcome)))?;
    if let (Some(version), Some((to, reason))) = (version, parsed) {
        let by = ActorAt::new(stead::actor(&typed.form, me.id)?, version);
        if typed.done(ops::consultation::outcome::correct(&app, id, by, to, &reason).await)? {
            let next = format!("{}?view=sessions", crate::url::staff(&case.record.number));
            return Ok(page::see_other_with(next, outcome_form::DONE));
        }
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, id, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    id: AppointmentId,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let appointment = of(app, &case, id).await?;
    let recorded = appointment.recorded().ok_or(Problem::NotFound)?;
    let (_, roster) = app.programme_and_experts().await?;
    let possible = may(&case.record.consultation, ActionKind::CorrectOutcome).is_ok();
    let sayers = stead::sayers(app, &case, ActionKind::CorrectOutcome).await?;
    stead::preset(&mut typed.form);
    let (status, now) = (typed.status(), app.clock.now());
    let page = OutcomePage {
        shell,
        head: Head::of_act(case, now, &typed),
        typed,
        when: wording::long_date_time_range(appointment.starts_at, appointment.ends_at),
        recorded: outcome_form::label(recorded, &roster),
        choices: outcome_form::choices(&appointment, &roster),
        sayers,
        possible,
    };
    page::html_with(status, &page)
}

/// Returns the appointment of the consultation.
async fn of(app: &App, case: &CaseDetails, id: AppointmentId) -> Result<Appointment, Problem> {
    let all = store::booking::appointment::of(&app.db, case.record.consultation.id).await?;
    all.into_iter().find(|it| it.id == id).ok_or(Problem::NotFound)
}
