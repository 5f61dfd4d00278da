//! Booked appointments that come near although one of their experts will be absent and no substitute was found: the company
//! hears before, and the center is told once more.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, Owner},
        notice::{heard_by, unattended_looked_at},
    },
    calendar::{BusinessCalendar, at_japan, japan_date},
    id::AppointmentId,
    settings::Settings,
    worklist::AwaitedResponse,
};
use uuid::Uuid;

use super::{awaited_response::warned, notices::appointment_text};
use crate::{
    app::App,
    mail::{
        mail_event::{MailEvent, ReaderSide, SilenceEvent},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// The time that the center has, after an absence becomes known, to find a substitute before the company hears of it.
const GRACE: TimeDelta = TimeDelta::hours(2);

/// Returns when the company is told of an appointment without an expert: at the hour of mails on the day by whose end it has
/// to hear whether the appointment takes place.
fn warned_at(starts_at: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    at_japan(japan_date(heard_by(starts_at, settings, calendar)), settings.mail_hour, 0)
}

/// Returns at most `limit` appointments that are near and for which no substitute is asked, without those of `except`. Each
/// is returned once for its time.
pub async fn due(app: &App, except: &[Uuid], limit: u64) -> Result<Vec<Uuid>, Problem> {
    let Context { settings, calendar, now, .. } = Context::of(app).await?;
    let until = unattended_looked_at(now, &settings, &calendar);
    let (mut due, limit) = (Vec::new(), usize::try_from(limit).unwrap_or(usize::MAX));
    for (starts_at, it) in store::booking::substitute::without_substitute(&app.db, now, until).await? {
        let id = it.appointment.0;
        if due.len() == limit || except.contains(&id) || due.contains(&id) {
            continue;
        }
        if warned_at(starts_at, &settings, &calendar) <= now && !is_noted(app, it.appointment).await? {
            due.push(id);
        }
    }
    Ok(due)
}

/// Returns whether the history says already that company and center were told of the appointment at its present time.
async fn is_noted(app: &App, id: AppointmentId) -> Result<bool, Problem> {
    let found = store::booking::appointment::find(&app.db, id).await?;
    let Some(appointment) = found else { return Ok(true) };
    let Owner::Consultation(case) = appointment.owner else { return Ok(true) };
    let note = warned(&appointment);
    let history = store::audit::event::of(&app.db, case).await?;
    Ok(history.iter().any(|it| it.note.as_deref() == Some(&note)))
}

/// Tells the company and the center that an appointment has no expert who will be there, and starts the clock of the
/// contact that the company is promised. A substitute who is found within two hours makes both mails unnecessary. Does
/// nothing if the appointment is attended again.
pub async fn warn(app: &App, id: AppointmentId) -> Result<(), Problem> {
    let Some(found) = store::booking::appointment::find(&app.db, id).await? else { return Ok(()) };
    let Owner::Consultation(case) = found.owner else { return Ok(()) };
    let mut work = CaseTransaction::begin(app, case).await?;
    let now = work.now();
    let stands = |it: &Appointment| it.id == id && it.is_confirmed() && it.starts_at > now;
    let Some(booked) = work.appointment.clone().filter(stands) else { return Ok(()) };
    if store::booking::substitute::unattended(work.read(), now, &[id]).await?.is_empty() {
        return Ok(());
    }
    let names = work.names(&booked.experts);
    let appointment = appointment_text(&booked, &names);
    let portal = work.portal()?;
    let heard = heard_by(booked.starts_at, &work.context.settings, &work.context.calendar);
    let contact_due = if now + GRACE < heard { heard } else { booked.starts_at };
    let event = |side| MailEvent::Silence(SilenceEvent::ExpertAway { side, appointment, contact_due });
    let waits = AwaitedResponse::after_promise(work.record.response, contact_due, now);
    work.record.response = Some(waits);
    work.record.snoozed_until = None;
    let condition = SendCondition::ExpertAway { appointment: id, sequence: booked.sequence };
    let wait = |mail: Option<&mut OutgoingMail>| {
        if let Some(mail) = mail {
            mail.due_at = now + GRACE;
            mail.send_condition = Some(condition);
        }
    };
    wait(work.mail_company(event(ReaderSide::Company { portal: &portal }))?);
    wait(work.mail_center(event(ReaderSide::Center))?);
    work.note(Actor::System, warned(&booked));
    work.commit().await?;
    Ok(())
}
