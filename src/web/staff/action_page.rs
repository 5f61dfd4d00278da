//! The page of one action: its effects, its form, and the newest state of the consultation above it.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    booking::appointment::Appointment,
    consultation::{State, UnfulfilledReason},
    field::Fields,
    number::FiscalYear,
};

use super::{
    action::StaffAction,
    case_head::{Head, may},
    opened::Opened,
    stead,
};
use crate::{
    app::App,
    ops::{self, aftercare::follow_up::NO_WISH},
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{self, Choice},
        form_state::FormState,
        outcome_form,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "staff/action.html")]
struct ActionPage {
    shell: Shell,
    head: Head,
    action: StaffAction,
    typed: FormState,
    reasons: Vec<Choice>,
    /// The people whose decision may be recorded.
    sayers: Vec<Choice>,
    /// The number of the company's appointments in this fiscal year, for a further appointment.
    appointments: u16,
    /// The fields and the experts of a further appointment.
    fields: Vec<Choice>,
    experts: Vec<Choice>,
    /// The experts who may not have come, if two were to come.
    missed: Vec<Choice>,
    /// The consequence for the next appointment, if the action ends the present one.
    next: &'static str,
    /// Whether the action is still possible.
    possible: bool,
}

const NOT_THERE: &str = "担当の専門家は、次の日時を担当できません（利用の停止または長い不在）。このあとは、センターが専門家に依頼します。";

#[get("/staff/consultations/{number}/{action}")]
pub async fn show(open: Opened, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let action = StaffAction::from_code(&path.1).ok_or(Problem::NotFound)?;
    let refused = refusal(action, &open.case).map(|it| it.to_string());
    render(open, action, FormState { refused, ..FormState::default() }).await
}

#[post("/staff/consultations/{number}/{action}")]
pub async fn submit(
    open: Opened,
    path: Path<(String, String)>,
    form: form::Fields,
) -> Result<HttpResponse, Problem> {
    let action = StaffAction::from_code(&path.1).ok_or(Problem::NotFound)?;
    let mut typed = FormState::of(form);
    let is_done = attempt(&open, action, &mut typed).await?;
    let before = open.case.record.consultation.state.clone();
    let open = open.again().await?;
    if !is_done {
        return render(open, action, typed).await;
    }
    let flash = outcome_text(action, &before, &open.case.record.consultation.state);
    let from_calls = action == StaffAction::Called && typed.form.get("back") == "calls";
    Ok(if from_calls { page::see_other_with("/staff?tab=calls", &flash) } else { open.back(&flash) })
}

/// Performs the action. Returns false if it was refused or a typed value is wrong; `typed` then has the
/// reason.
async fn attempt(open: &Opened, action: StaffAction, typed: &mut FormState) -> Result<bool, Problem> {
    let Some(version) = typed.value(open.seen(&typed.form, action.kind()))? else { return Ok(false) };
    match action.read(&typed.form) {
        Err(errors) => {
            typed.errors = errors;
            Ok(false)
        }
        Ok(input) => {
            let (me, by) = (open.me.id, stead::actor(&typed.form, open.me.id)?);
            typed.done(input.perform(&open.app, &open.case, version, me, by).await)
        }
    }
}

async fn render(open: Opened, action: StaffAction, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let (app, case, now) = (&open.app, &open.case, open.app.clock.now());
    let appointments = match (action, FiscalYear::of(domain::calendar::japan_date(now))) {
        (StaffAction::Further, Ok(year)) => {
            store::intake::company::appointments_in(&app.db, &case.record, year).await?
        }
        _ => 0,
    };
    let sayers = match action.kind().filter(|_| may_be_told(action)) {
        Some(kind) => stead::sayers(app, case, kind).await?,
        None => Vec::new(),
    };
    stead::preset(&mut typed.form);
    let (fields, experts) = if action == StaffAction::Further {
        team_choices(app, case, &mut typed).await?
    } else {
        Default::default()
    };
    let missed = match action == StaffAction::ExpertNoShow {
        true => missed_choices(&open).await?,
        false => Vec::new(),
    };
    let next = next_time(&open, action).await?;
    let possible = refusal(action, case).is_none();
    let reasons = UnfulfilledReason::ALL.into_iter().map(|it| Choice::new(it.code(), it.label())).collect();
    open.page(typed, |shell, head, typed| ActionPage {
        shell,
        head,
        action,
        typed,
        reasons,
        sayers,
        appointments,
        fields,
        experts,
        missed,
        next,
        possible,
    })
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
    let there =
        ops::routing::presence::those_there(app, accepted.iter().map(|it| it.assignment.expert)).await?;
    let experts: Vec<_> = accepted
        .into_iter()
        .filter(|it| it.assignment.is_accepted() && there.contains(&it.assignment.expert))
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
    // A field that is owed is given alone.
    let fields = Fields::ALL.into_iter().filter(|it| case.record.owed.is_none() || it.covers(now));
    Ok((fields.map(|it| Choice::new(it.code(), it.label())).collect(), experts))
}

/// Returns whether the center may have been told by another to do the action, in whose stead it is then recorded.
const fn may_be_told(action: StaffAction) -> bool {
    match action {
        StaffAction::Cancel
        | StaffAction::NoShow
        | StaffAction::ExpertNoShow
        | StaffAction::Done
        | StaffAction::Further
        | StaffAction::DropFurther => true,
        StaffAction::StartCheck
        | StaffAction::Ask
        | StaffAction::Answer
        | StaffAction::ConfirmAddress
        | StaffAction::Called
        | StaffAction::ReleaseHold
        | StaffAction::DropHelp
        | StaffAction::Complete
        | StaffAction::Withdraw
        | StaffAction::Unfulfilled
        | StaffAction::CloseInSilence
        | StaffAction::Refer
        | StaffAction::Reopen => false,
    }
}

/// Returns what follows for the next appointment, if the action ends the present one.
async fn next_time(open: &Opened, action: StaffAction) -> Result<&'static str, Problem> {
    if !matches!(action, StaffAction::Cancel | StaffAction::NoShow | StaffAction::ExpertNoShow) {
        return Ok("");
    }
    Ok(match ops::routing::presence::can_give_another(&open.app, &open.case.record).await? {
        true => "企業は別の日時を選べます。",
        false => NOT_THERE,
    })
}

/// Returns the choices of who did not come to the booked appointment, if two experts were to come.
async fn missed_choices(open: &Opened) -> Result<Vec<Choice>, Problem> {
    let (_, roster) = open.app.programme_and_experts().await?;
    let all = store::booking::appointment::of(&open.app.db, open.id()).await?;
    let booked = all.into_iter().find(Appointment::is_confirmed);
    Ok(booked.map(|it| outcome_form::missed_choices(&it, &roster)).unwrap_or_default())
}

/// Returns why the state of the consultation does not allow the action now.
fn refusal(action: StaffAction, case: &CaseDetails) -> Option<Problem> {
    let consultation = &case.record.consultation;
    match action.kind() {
        Some(kind) => may(consultation, kind).err().map(Problem::from),
        None if action == StaffAction::Called => {
            let is_told = case.record.to_call_since.is_none();
            is_told.then(|| Problem::Refused("電話で伝えることは、ありません。".to_owned()))
        }
        None if action == StaffAction::DropHelp => {
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
fn outcome_text(action: StaffAction, before: &State, after: &State) -> String {
    let is_requested = action == StaffAction::ConfirmAddress && before != after;
    if is_requested {
        format!("{}専門家に依頼しました。", action.done())
    } else if *before == State::Booked && *after == State::Checking {
        format!("{}次の日時の専門家に、センターから依頼してください。", action.done())
    } else {
        action.done().to_owned()
    }
}
