//! Another time that was proposed from a calendar program: it waits for the center, which decides.
use chrono::{DateTime, Utc};
use codes::CalendarEntryStatus;
use domain::{
    actor::Actor,
    booking::appointment::{Appointment, Owner},
    id::{AccountId, AppointmentId, ConsultationId, ExpertId, MailId},
    worklist::AwaitedResponse,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        booking::awaited_response::{self, TIME_PROPOSED},
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
    }
    if let Some(booked) = work.appointment.clone() {
        awaited_response::end(&mut work, &booked).await?;
    }
    work.note(Actor::Coordinator(by), "提案された変更を採らず、予約をそのままにしました");
    work.commit().await?;
    Ok(())
}

/// Writes an entry back into the expert's own calendar, on behalf of the expert.
pub async fn restore(app: &App, id: Uuid, expert: ExpertId) -> Result<(), Problem> {
    let entry = store::calendars::external::entry::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let source = store::calendars::external::find(&app.db, entry.source_id).await?;
    source.filter(|it| it.expert_id == expert.0).ok_or(Problem::NotFound)?;
    if let Some((mut work, booked)) = begin(app, &entry).await? {
        let entry = store::calendars::external::entry::find(work.read(), id).await?;
        work.save(RestoredEntry(entry.ok_or(Problem::NotFound)?)).await?;
        put_back_by(&mut work, &booked, expert).await?;
        work.commit().await?;
    } else {
        let tx = app.begin().await?;
        put_back(&tx, entry, app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Returns whether an entry was moved or deleted in the external calendar.
pub fn is_changed(it: &Entry) -> bool {
    it.state == CalendarEntryStatus::Moved || it.state == CalendarEntryStatus::Deleted
}

/// Starts the clock of the center's response to an entry that was changed in an external calendar, once for each change, and
/// at the latest until the appointment begins. It ends when the appointment is kept, moved or cancelled, or the entry is put
/// back. A change whose clock was not started because of an interruption is found again. Of a change that is known already,
/// which every reading of the calendar finds again, nothing is locked.
pub async fn await_decision(app: &App, entry: &Entry, expert: ExpertId) -> Result<(), Problem> {
    let Some(noticed_at) = entry.noticed_at else { return Ok(()) };
    let Some(case) = case_of(app, entry).await? else { return Ok(()) };
    let by = Actor::Expert(expert);
    if is_awaited(&app.db, case, by, noticed_at).await? {
        return Ok(());
    }
    let Some((mut work, booked)) = begin_in(app, case, entry).await? else { return Ok(()) };
    let is_known = is_awaited(work.read(), case, by, noticed_at).await?;
    if is_known || booked.sequence != entry.sequence || booked.starts_at <= work.now() {
        return Ok(());
    }
    work.await_response();
    let waits = work.record.response;
    work.record.response = waits.map(|it| AwaitedResponse { due_at: it.due_at.min(booked.starts_at), ..it });
    work.note(by, TIME_PROPOSED);
    work.commit().await?;
    Ok(())
}

/// Ends the wait for the center, because the expert has put the entry back in the external calendar.
pub async fn end_wait(app: &App, entry: &Entry, expert: ExpertId) -> Result<(), Problem> {
    let Some((mut work, booked)) = begin(app, entry).await? else { return Ok(()) };
    put_back_by(&mut work, &booked, expert).await?;
    work.commit().await?;
    Ok(())
}

/// Begins a change of the consultation of an entry's appointment; `None` if that is not booked any more.
async fn begin<'a>(
    app: &'a App,
    entry: &Entry,
) -> Result<Option<(CaseTransaction<'a>, Appointment)>, Problem> {
    let Some(case) = case_of(app, entry).await? else { return Ok(None) };
    begin_in(app, case, entry).await
}

/// Begins as `begin` does, in the consultation of the entry's appointment.
async fn begin_in<'a>(
    app: &'a App,
    case: ConsultationId,
    entry: &Entry,
) -> Result<Option<(CaseTransaction<'a>, Appointment)>, Problem> {
    let id = AppointmentId(entry.appointment_id);
    let work = CaseTransaction::begin_even_merged(app, case).await?;
    let booked = work.appointment.clone().filter(|it| it.id == id && it.is_confirmed());
    Ok(booked.map(|it| (work, it)))
}

/// Returns the consultation of an entry's appointment.
async fn case_of(app: &App, entry: &Entry) -> Result<Option<ConsultationId>, Problem> {
    let found = store::booking::appointment::find(&app.db, AppointmentId(entry.appointment_id)).await?;
    Ok(match found.map(|it| it.owner) {
        Some(Owner::Consultation(case)) => Some(case),
        Some(Owner::Draft(_) | Owner::Offer { .. }) | None => None,
    })
}

/// Returns whether the clock of the center's response to a change was started since it was noticed.
async fn is_awaited(
    db: &impl ConnectionTrait,
    case: ConsultationId,
    by: Actor,
    noticed_at: DateTime<Utc>,
) -> Result<bool, Problem> {
    let events = store::audit::event::since(db, case, noticed_at).await?;
    Ok(events.iter().any(|it| it.by == by && it.note.as_deref() == Some(TIME_PROPOSED)))
}

/// Ends the wait for the center that began with the change of an entry, with a note.
async fn put_back_by(
    work: &mut CaseTransaction<'_>,
    booked: &Appointment,
    expert: ExpertId,
) -> Result<(), Problem> {
    awaited_response::end(work, booked).await?;
    work.note(Actor::Expert(expert), "外部カレンダーの予定を元に戻しました");
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
