//! The page after the submission: what was received and what happens next. It can be visited again; each
//! visit shows what is still true.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    booking::appointment::Appointment,
    consultation::State,
    correspondence::outgoing_mail::MailState,
    due::Due,
    wording::{long_date, long_date_time, long_date_time_range, month_day_time},
};
use uuid::Uuid;

use super::writing::submitted;
use crate::{
    app::App,
    mail::outgoing_mail::MailKind,
    problem::Problem,
    store, url,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "apply/done.html")]
struct DonePage {
    shell: Shell,
    number: String,
    received: String,
    /// The address at which the company follows its consultation.
    my: String,
    state: &'static str,
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
pub async fn show(app: Data<App>, shell: Shell, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = match submitted(&app, &shell, *id).await? {
        Ok(id) => id,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let record = store::consultation::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let person = store::consultation::person(&app.db, id).await?;
    let mails = store::correspondence::outbox::of(&app.db, id, app.clock.now()).await?;
    let appointment =
        store::booking::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_live);
    let programme = app.programme().await?;
    let now = app.clock.now();
    let settings = programme.settings_at(record.received_at);
    let first_contact = Due::first_contact(settings, &programme.calendar(now), record.received_at);
    let acknowledged = mails
        .iter()
        .any(|it| it.kind == MailKind::Acknowledgement.code() && it.state != MailState::Suppressed);
    let held = appointment.as_ref().filter(|it| !it.has_expired(now)).and_then(|it| {
        Some((long_date_time_range(it.starts_at, it.ends_at), month_day_time(it.held_until()?)))
    });
    let state = &record.consultation.state;
    page::html(&DonePage {
        shell,
        number: record.number.to_string(),
        received: long_date_time(record.received_at),
        my: url::my(&record.number),
        state: state.label(),
        is_waiting: is_waiting(state),
        contact_by: first_contact.at().map(long_date).unwrap_or_default(),
        address_confirmed: record.consultation.address_confirmed,
        mailed_to: person.and_then(|it| it.email).filter(|_| acknowledged),
        held,
    })
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
