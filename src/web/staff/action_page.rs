//! The page of one action: its effects, its form, and the newest state of the consultation above it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{consultation::UnfulfilledReason, field::Fields, number::FiscalYear};

use super::{
    action::StaffAction,
    case::{FormState, Head, find, may, seen},
    stead,
};
use crate::{
    app::App,
    ops::aftercare::follow_up::NO_WISH,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{self, Choice},
        outcome_form,
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
    /// The people whose decision may be recorded.
    sayers: Vec<Choice>,
    /// The number of the company's appointments in this fiscal year, for a further appointment.
    sessions: u16,
    /// The fields and the experts of a further appointment.
    fields: Vec<Choice>,
    experts: Vec<Choice>,
    /// The experts who may not have come, if two were to come.
    missed: Vec<Choice>,
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
    form: form::Fields,
) -> Result<HttpResponse, Problem> {
    let (number, act) = path.into_inner();
    let act = StaffAction::from_code(&act).ok_or(Problem::NotFound)?;
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    match attempt(&app, &me, act, &case, &mut typed).await? {
        true => {
            let after = find(&app, &number).await?;
            let from_calls = act == StaffAction::Called && typed.form.get("back") == "calls";
            let next = match from_calls {
                true => "/staff?tab=calls".to_owned(),
                false => crate::url::staff(&after.record.number),
            };
            Ok(page::see_other_with(next, &outcome_text(act, &case, &after)))
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
    let Some(version) = typed.value(seen(case, &typed.form, act.action()))? else { return Ok(false) };
    match act.read(&typed.form) {
        Err(errors) => {
            typed.errors = errors;
            Ok(false)
        }
        Ok(ready) => {
            let by = stead::actor(&typed.form, me.id)?;
            typed.done(ready.perform(app, case, version, me.id, by).await)
        }
    }
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    act: StaffAction,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let sessions = match (act, FiscalYear::of(domain::calendar::japan_date(now))) {
        (StaffAction::Further, Ok(year)) => {
            store::intake::company::appointments_in(&app.db, &case.record, year).await?
        }
        _ => 0,
    };
    let is_told = match act {
        StaffAction::Cancel
        | StaffAction::NoShow
        | StaffAction::ExpertNoShow
        | StaffAction::Done
        | StaffAction::DropFurther => true,
        StaffAction::StartCheck
        | StaffAction::Ask
        | StaffAction::Answer
        | StaffAction::ConfirmAddress
        | StaffAction::Called
        | StaffAction::ReleaseHold
        | StaffAction::DropHelp
        | StaffAction::Further
        | StaffAction::Complete
        | StaffAction::Withdraw
        | StaffAction::Unfulfilled
        | StaffAction::CloseInSilence
        | StaffAction::Refer
        | StaffAction::Reopen => false,
    };
    let sayers = match act.action().filter(|_| is_told) {
        Some(action) => stead::sayers(app, &case, action).await?,
        None => Vec::new(),
    };
    stead::preset(&mut typed.form);
    let (fields, experts) = if act == StaffAction::Further {
        team_choices(app, &case, &mut typed).await?
    } else {
        Default::default()
    };
    let missed = match act == StaffAction::ExpertNoShow {
        true => missed_choices(app, &case).await?,
        false => Vec::new(),
    };
    let possible = refusal(act, &case).is_none();
    let status = typed.status();
    let head = Head::of_act(case, now, &typed);
    let reasons = UnfulfilledReason::ALL.into_iter().map(|it| Choice::new(it.code(), it.label())).collect();
    page::html_with(
        status,
        &ActPage { shell, head, act, typed, reasons, sayers, sessions, fields, experts, missed, possible },
    )
}

/// Returns the fields that a further appointment can have, and the experts who could stay; all of them are chosen until
/// something else is typed.
async fn team_choices(
    app: &App,
    case: &CaseDetails,
    typed: &mut FormState,
) -> Result<(Vec<Choice>, Vec<Choice>), Problem> {
    let (id, now) = (case.record.consultation.id, case.record.consultation.fields);
    let accepted = store::consultation::case_details::asked_experts(&app.db, id).await?;
    let experts: Vec<_> = accepted
        .into_iter()
        .filter(|it| it.assignment.is_accepted())
        .map(|it| {
            Choice::new(it.assignment.expert.to_string(), it.name).with_hint(it.assignment.fields.label())
        })
        .collect();
    if typed.form.get("fields").is_empty() {
        typed.form.add("fields", now.code());
        for it in &experts {
            typed.form.add("keep", it.value.clone());
        }
    }
    let fields = Fields::ALL.into_iter().filter(|it| it.covers(now));
    Ok((fields.map(|it| Choice::new(it.code(), it.label())).collect(), experts))
}

/// Returns the choices of who did not come to the booked appointment, if two experts were to come.
async fn missed_choices(app: &App, case: &CaseDetails) -> Result<Vec<Choice>, Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let all = store::booking::appointment::of(&app.db, case.record.consultation.id).await?;
    let booked = all.into_iter().find(|it| it.is_confirmed());
    Ok(booked.map(|it| outcome_form::missed_choices(&it, &roster)).unwrap_or_default())
}

/// Returns why the state of the consultation does not allow the action now.
fn refusal(act: StaffAction, case: &CaseDetails) -> Option<Problem> {
    let consultation = &case.record.consultation;
    match act.action() {
        Some(action) => may(consultation, action).err().map(Problem::from),
        None if act == StaffAction::Called => {
            let is_told = case.record.to_call_since.is_none();
            is_told.then(|| Problem::Refused("電話で伝えることは、ありません。".to_owned()))
        }
        None if act == StaffAction::DropHelp => {
            let is_settled = case.record.wants_help_since.is_none();
            is_settled.then(|| Problem::Refused(NO_WISH.to_owned()))
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
