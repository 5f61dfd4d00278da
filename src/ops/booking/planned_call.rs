//! The calls in place of mails that are planned for a later time: the warning before a hold ends, and the reminder of an
//! appointment. A company that no mail reaches is called at the time at which others get the mail.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, Owner},
        notice::{hold_looked_at, hold_warned_at, reminder_at, reminders_looked_at},
    },
    consultation::ActionKind,
    id::{AppointmentId, ConsultationId},
};
use uuid::Uuid;

use crate::{
    app::App,
    ops::case::{context::Context, transaction::CaseTransaction},
    problem::Problem,
    store::{self, audit::event::HistoryEntry},
};

/// The history's note of a hold whose company is called before it ends. It marks that the call was asked for.
const HOLD_ENDS: &str = "仮予約の期限が近いため、「電話する」に載せました";

/// The history's note of an appointment of which the company is reminded by telephone. It marks that the call was asked for.
const APPOINTMENT_NEAR: &str = "予約の日が近いため、「電話する」に載せました";

/// Returns at most `limit` held or confirmed appointments whose company has to be called now, without those of `except`.
/// Each call is returned once.
pub async fn due(app: &App, except: &[Uuid], limit: u64) -> Result<Vec<Uuid>, Problem> {
    let context = Context::of(app).await?;
    let Context { settings, calendar, now, .. } = &context;
    let mut due = Vec::new();
    let latest = hold_looked_at(*now, settings, calendar);
    let holds = store::booking::appointment::holds_without_address(&app.db, latest, except, limit).await?;
    for (id, case, until) in holds {
        let from = hold_warned_at(until, settings, calendar);
        if from <= *now && *now < until && !is_known(app, case, from, HOLD_ENDS).await? {
            due.push(id.0);
        }
    }
    let span = (*now, reminders_looked_at(*now, calendar));
    let near = store::booking::appointment::unreachable_between(&app.db, span, except, limit).await?;
    for (id, case, starts_at) in near {
        let from = reminder_at(starts_at, DateTime::<Utc>::MIN_UTC, settings, calendar);
        if let Some(from) = from.filter(|it| it <= now)
            && !is_known(app, case, from, APPOINTMENT_NEAR).await?
        {
            due.push(id.0);
        }
    }
    Ok(due)
}

/// Returns whether the center has been asked for this call since `from`, or has spoken of the time with the company since.
async fn is_known(app: &App, case: ConsultationId, from: DateTime<Utc>, note: &str) -> Result<bool, Problem> {
    let is_news = |it: &HistoryEntry| {
        it.note.as_deref() == Some(note)
            || matches!(
                it.action,
                ActionKind::Accept | ActionKind::SettleTeam | ActionKind::ChooseSlot | ActionKind::Reschedule
            )
    };
    let history = store::audit::event::of(&app.db, case).await?;
    Ok(history.iter().any(|it| it.at >= from && is_news(it)))
}

/// Makes the company of a hold that is about to end, or of an appointment that is near, an item of the calls. Does nothing
/// if another worker was first, if the time is no longer the company's, or if mail reaches the company.
pub async fn ask_for(app: &App, id: AppointmentId) -> Result<(), Problem> {
    let Some(found) = store::booking::appointment::find(&app.db, id).await? else { return Ok(()) };
    let Owner::Consultation(case) = found.owner else { return Ok(()) };
    let mut work = CaseTransaction::begin(app, case).await?;
    let now = work.now();
    let stands = |it: &&Appointment| it.id == id && !it.has_expired(now) && it.starts_at > now;
    let Some(kept) = work.appointment.as_ref().filter(stands) else { return Ok(()) };
    let note = if kept.is_confirmed() { APPOINTMENT_NEAR } else { HOLD_ENDS };
    // The warning before a hold ends does not wait for the proof of the address.
    let is_proved = !kept.is_confirmed() || work.hears_by_mail_now();
    if work.record.to_call_since.is_some() || work.company_channel().once_proved(is_proved).is_mail() {
        return Ok(());
    }
    work.record.to_call_since = Some(now);
    work.note(Actor::System, note);
    work.commit().await?;
    Ok(())
}
