//! Decides on another time that was proposed from a calendar program.
use chrono::{DateTime, Utc};
use codes::CalendarEntryStatus;
use domain::{
    actor::Actor,
    id::{AccountId, AppointmentId, ConsultationId, ExpertId, MailId},
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        booking::awaited_response,
        case::{
            save::{HandledMail, Save, Target},
            transaction::CaseTransaction,
        },
    },
    problem::Problem,
    store::{self, calendars::external::entry::Entry},
};

/// Leaves the appointment as it is, on behalf of a coordinator. An entry that was changed in the external calendar is
/// written back; a reply by mail is marked as handled.
pub async fn keep(app: &App, case: ConsultationId, id: Uuid, by: AccountId) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin(app, case).await?;
    if let Some(entry) = store::calendars::external::entry::find(work.read(), id).await? {
        let all = store::booking::appointment::of(work.read(), case).await?;
        if !all.iter().any(|it| it.id == AppointmentId(entry.appointment_id)) {
            return Err(Problem::NotFound);
        }
        work.save(RestoredEntry(entry)).await?;
    } else {
        let mail = work.lock(MailId(id)).await?;
        let mail = mail.filter(|it| it.consultation_id == Some(case.0) && it.proposed_start.is_some());
        if !mail.ok_or(Problem::NotFound)?.open {
            return Err(Problem::Refused("この提案は、すでに対応済みです。".to_owned()));
        }
        work.save(HandledMail(MailId(id), by, "予約はそのまま")).await?;
        if let Some(booked) = work.appointment.clone() {
            awaited_response::end(&mut work, &booked).await?;
        }
    }
    work.note(Actor::Coordinator(by), "提案された変更を採らず、予約をそのままにしました");
    work.commit().await?;
    Ok(())
}

/// Writes an entry back into the expert's own calendar, on behalf of the expert.
pub async fn restore(app: &App, id: Uuid, expert: ExpertId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let entry = store::calendars::external::entry::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    let source = store::calendars::external::find(&tx, entry.source_id).await?;
    source.filter(|it| it.expert_id == expert.0).ok_or(Problem::NotFound)?;
    put_back(&tx, entry, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Marks an entry to be written again with our data.
async fn put_back(tx: &DatabaseTransaction, entry: Entry, now: DateTime<Utc>) -> Result<(), Problem> {
    let wanted = Entry {
        state: CalendarEntryStatus::Wanted.into(),
        moved_from: None,
        moved_to: None,
        noticed_at: None,
        failures: 0,
        due_at: now,
        error: None,
        ..entry
    };
    Ok(store::calendars::external::entry::save(tx, wanted).await?)
}

/// An entry of an external calendar that is written again with our data.
struct RestoredEntry(Entry);

impl Save for RestoredEntry {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        put_back(to.tx, self.0, to.now).await
    }
}
