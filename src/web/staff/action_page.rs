//! The page of one action: its effects, its form, and the newest state of the consultation above it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{consultation::UnfulfilledReason, number::FiscalYear};

use super::{
    action::StaffAction,
    case::{FormState, Head, find, seen, sentence},
};
use crate::{
    app::App,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/action.html")]
struct ActPage {
    shell: Shell,
    head: Head,
    act: StaffAction,
    typed: FormState,
    reasons: Vec<Choice>,
    /// The number of the company's appointments in this fiscal year, for a further appointment.
    sessions: u16,
    /// Whether the action is still possible.
    possible: bool,
}

#[get("/staff/consultations/{number}/{act}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (number, act) = path.into_inner();
    let act = StaffAction::from_code(&act).ok_or(Problem::NotFound)?;
    let case = find(&app, &number).await?;
    let refused = refusal(act, &case).map(|it| it.to_string());
    render(&app, shell, case, act, FormState { refused, ..FormState::default() }).await
}

#[post("/staff/consultations/{number}/{act}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (number, act) = path.into_inner();
    let act = StaffAction::from_code(&act).ok_or(Problem::NotFound)?;
    let case = find(&app, &number).await?;
    let mut typed = FormState { form, ..FormState::default() };
    match attempt(&app, &me, act, &case, &mut typed).await? {
        true => {
            let after = find(&app, &number).await?;
            Ok(page::see_other_with(
                crate::url::staff(&after.record.number),
                &outcome_text(act, &case, &after),
            ))
        }
        false => {
            let case = find(&app, &number).await?;
            render(&app, shell, case, act, typed).await
        }
    }
}

/// Performs the action. Returns false if it was refused or a typed value is wrong; `typed` then has the
/// reason.
async fn attempt(
    app: &App,
    me: &Coordinator,
    act: StaffAction,
    case: &CaseDetails,
    typed: &mut FormState,
) -> Result<bool, Problem> {
    let version = match seen(case, &typed.form, act.action()) {
        Ok(version) => version,
        Err(problem) => {
            typed.refused = Some(sentence(problem)?);
            return Ok(false);
        }
    };
    match act.read(&typed.form) {
        Err(errors) => {
            typed.errors = errors;
            Ok(false)
        }
        Ok(ready) => match ready.perform(app, case, version, me.id).await {
            Ok(()) => Ok(true),
            Err(problem) => {
                typed.refused = Some(sentence(problem)?);
                Ok(false)
            }
        },
    }
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    act: StaffAction,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let sessions = match (act, FiscalYear::of(domain::calendar::japan_date(now))) {
        (StaffAction::Further, Ok(year)) => {
            store::intake::company::appointments_in(&app.db, &case.record, year).await?
        }
        _ => 0,
    };
    let possible = refusal(act, &case).is_none();
    let status = typed.status();
    let head = Head::of_act(case, now, &typed);
    let reasons = UnfulfilledReason::ALL.into_iter().map(|it| Choice::new(it.code(), it.label())).collect();
    page::html_with(status, &ActPage { shell, head, act, typed, reasons, sessions, possible })
}

/// Returns why the state of the consultation does not allow the action now.
fn refusal(act: StaffAction, case: &CaseDetails) -> Option<Problem> {
    let consultation = &case.record.consultation;
    match act.action() {
        Some(action) => {
            consultation.allows(action, domain::actor::Party::Coordinator).err().map(Problem::from)
        }
        None if !consultation.state.is_open() => {
            Some(domain::consultation::ActionRefused::HasEnded(consultation.state.clone()).into())
        }
        None if consultation.address_confirmed => {
            Some(Problem::Refused("連絡先は、すでに確認済みです。".to_owned()))
        }
        None => None,
    }
}

/// Returns the sentence that the next page shows.
fn outcome_text(act: StaffAction, before: &CaseDetails, after: &CaseDetails) -> String {
    let asked = act == StaffAction::ConfirmAddress
        && before.record.consultation.state != after.record.consultation.state;
    if asked { format!("{}専門家に依頼しました。", act.done()) } else { act.done().to_owned() }
}
