//! The page after the submission: what was received and what happens next. It can be visited again; each
//! visit shows what is still true.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    booking::appointment::Appointment,
    calendar::BusinessCalendar,
    consultation::State,
    correspondence::outgoing_mail::MailState,
    due::{Due, DueKind},
    id::{ConsultationId, DraftId},
    intake::contact::EmailAddress,
    settings::Settings,
    wording::{long_date, long_date_time, long_date_time_range, month_day_time},
};
use uuid::Uuid;

use super::writing::{done_path, submitted};
use crate::{
    app::App,
    mail::outgoing_mail::{AddressUse, MailKind},
    ops,
    problem::Problem,
    store::{self, consultation::Record},
    url,
    web::kit::{
        form::Fields,
        form_state::{FormState, sentence},
        page::{self, Shell},
        session::Visitor,
    },
};

#[derive(Template)]
#[template(path = "apply/done.html")]
struct DonePage {
    shell: Shell,
    number: String,
    received: String,
    /// The address at which the company follows its consultation; empty unless the visitor is signed in as its contact.
    my: String,
    state: State,
    /// The time of a confirmed appointment; empty if there is none.
    booked: String,
    /// The form in which a mistyped address is corrected before it is confirmed; `None` afterwards.
    address: Option<FormState>,
    refused: Option<String>,
    path: String,
    /// Whether no time is confirmed yet while the consultation is still open.
    is_waiting: bool,
    contact_by: String,
    address_confirmed: bool,
    /// The address to which the acknowledgement was sent; `None` if the day's mail budget was used up.
    mailed_to: Option<String>,
    /// A time that is held until the address is confirmed, and the end of that hold.
    held: Option<(String, String)>,
}

#[get("/apply/{draft}/done")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    visitor: Visitor,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let draft = DraftId(*id);
    match submitted(&app, &shell, *id).await? {
        Ok(id) => render(&app, shell, &visitor, (draft, id), FormState::default()).await,
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Corrects a mistyped address, before it is confirmed.
#[post("/apply/{draft}/address")]
pub async fn correct(
    app: Data<App>,
    shell: Shell,
    visitor: Visitor,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let draft = DraftId(*id);
    let id = match submitted(&app, &shell, *id).await? {
        Ok(id) => id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut state = FormState::of(form);
    if let Some(email) = state.errors.take("email", EmailAddress::parse(state.form.get("email"))) {
        match ops::consultation::correction::correct_address(&app, draft, &email).await {
            Ok(()) => {
                let flash = format!("確認メールを {email} に送りました。");
                return Ok(page::see_other_with(done_path(draft), &flash));
            }
            Err(problem) => state.refused = Some(sentence(problem)?),
        }
    }
    render(&app, shell, &visitor, (draft, id), state).await
}

async fn render(
    app: &App,
    shell: Shell,
    visitor: &Visitor,
    (draft, id): (DraftId, ConsultationId),
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let record = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let person = store::consultation::person(&app.db, id).await?;
    // The number of a case that was merged into another leads on to what becomes of that one.
    let leading = record.consultation.merged_into.unwrap_or(id);
    let current = store::consultation::find(&app.db, leading).await?.ok_or(Problem::NotFound)?;
    let mails = store::correspondence::outbox::of(&app.db, id, app.clock.now()).await?;
    let appointment =
        store::booking::appointment::of(&app.db, leading).await?.into_iter().find(Appointment::is_live);
    let programme = app.programme().await?;
    let now = app.clock.now();
    let settings = programme.settings_at(record.received_at);
    let calendar = programme.calendar(now);
    let first_contact = first_contact(&record, appointment.as_ref(), settings, &calendar);
    let said = |it| match Due::first_contact_days(settings, &calendar, record.received_at, it) {
        Some(days) => format!("{days}営業日以内、{}", long_date(it)),
        None => long_date(it),
    };
    let email = person.and_then(|it| it.email);
    let asks_for_proof = |it: AddressUse| matches!(it, AddressUse::Proves | AddressUse::ProvesCorrected);
    let acknowledged = mails.iter().any(|it| {
        MailKind::from_code(&it.kind).and_then(MailKind::address).is_some_and(asks_for_proof)
            && it.state != MailState::Suppressed
            && Some(&it.recipient) == email.as_ref()
    });
    let booked = appointment.as_ref().filter(|it| it.is_confirmed());
    let booked = booked.map(|it| long_date_time_range(it.starts_at, it.ends_at)).unwrap_or_default();
    let is_own = email.as_ref().is_some_and(|it| visitor.company == Some(it.to_lowercase()));
    let may_correct =
        leading == id && !record.consultation.address_confirmed && record.consultation.state.is_open();
    if typed.form.get("email").is_empty() {
        typed.form.add("email", email.clone().unwrap_or_default());
    }
    let status = typed.status();
    let held = appointment.as_ref().filter(|it| !it.has_expired(now)).and_then(|it| {
        Some((long_date_time_range(it.starts_at, it.ends_at), month_day_time(it.held_until()?)))
    });
    let state = current.consultation.state;
    page::html_with(
        status,
        &DonePage {
            shell,
            number: record.number.to_string(),
            received: long_date_time(record.received_at),
            my: if is_own { url::my(&record.number) } else { String::new() },
            is_waiting: is_waiting(&state),
            state,
            booked,
            refused: typed.refused.take(),
            address: may_correct.then_some(typed),
            path: format!("{}/address", url::draft(draft)),
            contact_by: first_contact.map(said).unwrap_or_default(),
            address_confirmed: record.consultation.address_confirmed,
            mailed_to: email.filter(|_| acknowledged),
            held,
        },
    )
}

/// Returns the deadline of the first contact: the one that runs, or the one that was promised at first.
fn first_contact(
    record: &Record,
    appointment: Option<&Appointment>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<DateTime<Utc>> {
    let running = record.due.as_ref().filter(|it| it.kind == DueKind::FirstContact).and_then(Due::at);
    let slot = appointment.map(|it| it.starts_at);
    running.or_else(|| Due::first_contact_for(settings, calendar, record.received_at, slot).at())
}

const fn is_waiting(state: &State) -> bool {
    match state {
        State::Received | State::Checking | State::WaitingCompany | State::Matching | State::Scheduling => {
            true
        }
        State::Booked
        | State::Consulted
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => false,
    }
}
