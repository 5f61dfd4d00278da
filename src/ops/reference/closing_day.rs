//! Closing days of the center. A day that is added moves the deadlines that are running, never to an earlier time.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentState, Owner},
        notice::{hold_moved, reminder_at},
    },
    calendar::{BusinessCalendar, at_japan},
    due::{Due, DueKind},
    routing::assignment::{Assignment, AssignmentState},
    text::TextLine,
    wording::{month_day_time, month_day_weekday},
};
use sea_orm::DatabaseTransaction;

use crate::{
    app::App,
    ops::{
        aftercare::report_gap::follow_gap,
        booking::{
            appointment::remind_of_report,
            hold::release_closed,
            notices::{appointment_reminder_key, plan_hold_warning},
            waiting_offer::WithdrawnOffers,
        },
        case::{
            context::Context,
            save::{MovedMail, MovedReply, SuppressedMail},
            transaction::CaseTransaction,
        },
        routing::requests::{remind_of_request, reminder_key},
    },
    problem::Problem,
    store,
};

/// The reason that is kept with a planned mail whose deadline has moved.
const MOVED: &str = "the deadline has moved";

/// The changes that follow from a closing day that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedClosingDay {
    /// The number of consultations with a deadline that moved.
    pub moved: usize,
    /// The number of companies whose time was held for this day and is released.
    pub released: usize,
}

/// Adds a closing day, or changes its note.
pub async fn add(app: &App, date: NaiveDate, note: &TextLine) -> Result<AddedClosingDay, Problem> {
    let mut context = Context::of(app).await?;
    let before = context.calendar.clone();
    context.calendar.closing_days.insert(date);
    let mut tx = app.begin().await?;
    store::reference::programme::add_closing_day(&tx, date, note.as_str(), context.now).await?;
    let released;
    (tx, released) = Box::pin(release_held(app, &context, tx, date)).await?;
    let mut moved = 0;
    if before.is_open(date) {
        let from = at_japan(date, 0, 0);
        let mut ids: BTreeSet<_> = store::consultation::due_from(&tx, from).await?.into_iter().collect();
        ids.extend(store::routing::assignment::due_from(&tx, from).await?);
        ids.extend(store::booking::appointment::held_from(&tx, from).await?);
        ids.extend(store::consultation::response_due_from(&tx, from).await?);
        ids.extend(store::consultation::next_step_from(&tx, from).await?);
        // The next business day is that of the appointments whose reminders are planned for this day.
        let next = before.next_business_day(date);
        let appointments = (at_japan(date, 24, 0), at_japan(next, 24, 0));
        ids.extend(
            store::booking::appointment::confirmed_between(&tx, appointments.0, appointments.1).await?,
        );
        for id in ids {
            let record = store::consultation::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
            let mut work = CaseTransaction::with(app, context.clone(), tx, record).await?;
            moved += usize::from(Box::pin(shift(&mut work, &before, date)).await?);
            (tx, _) = work.flush().await?;
        }
    }
    tx.commit().await?;
    Ok(AddedClosingDay { moved, released })
}

/// Releases the times that are held for this day: they could not take place. Returns the number of companies that are told.
async fn release_held(
    app: &App,
    context: &Context,
    mut tx: DatabaseTransaction,
    date: NaiveDate,
) -> Result<(DatabaseTransaction, usize), Problem> {
    let mut released = 0;
    let (from, to) = (at_japan(date, 0, 0), at_japan(date, 24, 0));
    for held in store::booking::appointment::held_between(&tx, from, to).await? {
        let (id, waiting) = match held.owner {
            Owner::Draft(draft) => {
                // A submission locks the draft and keeps the time for the consultation.
                store::intake::draft::lock(&tx, draft).await?;
                let current = store::booking::appointment::find(&tx, held.id).await?;
                if let Some(it) = current.filter(|it| it.owner == held.owner && it.is_live()) {
                    store::booking::appointment::save(&tx, &it.release()?, context.now).await?;
                }
                continue;
            }
            Owner::Consultation(id) => (id, None),
            Owner::Offer { consultation, waiting } => (consultation, Some(waiting)),
        };
        let record = store::consultation::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        let mut work = CaseTransaction::with(app, context.clone(), tx, record).await?;
        match waiting {
            None => released += usize::from(Box::pin(release_closed(&mut work, date)).await?),
            Some(waiting) => {
                work.save(WithdrawnOffers(waiting)).await?;
                let when = month_day_time(held.starts_at);
                work.note(
                    Actor::System,
                    format!("休業日になったため、空いた日時（{when}）の案内を終えました"),
                );
            }
        }
        (tx, _) = work.flush().await?;
    }
    Ok((tx, released))
}

pub async fn remove(app: &App, date: NaiveDate) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::reference::programme::remove_closing_day(&tx, date).await?;
    tx.commit().await?;
    Ok(())
}

/// Moves the deadlines of one consultation. Returns whether any is later than before.
async fn shift(
    work: &mut CaseTransaction<'_>,
    before: &BusinessCalendar,
    date: NaiveDate,
) -> Result<bool, Problem> {
    let mut changes = Vec::new();
    let slot = work.appointment.as_ref().map(|it| it.starts_at);
    let (settings, calendar) = (work.context.settings.clone(), work.context.calendar.clone());
    if let Some(due) = work.record.due.clone()
        && let Some(moved) = due.moved(&settings, &calendar, slot)
    {
        if let (Some(was), Some(at)) = (due.at(), moved.at())
            && was < at
        {
            changes.push(format!("{}の期限を{}に変更", moved.label(), month_day_time(at)));
            if moved.kind == DueKind::Report {
                remind_of_report(work, was, at).await?;
            }
        }
        let is_report = moved.kind == DueKind::Report;
        work.record.due = Some(moved);
        if is_report {
            follow_gap(work).await?;
        }
    }
    let requests: Vec<_> =
        work.assignments.iter().filter(|it| it.state == AssignmentState::Offered).cloned().collect();
    for request in requests {
        let Some(due) = store::routing::assignment::deadline(work.read(), request.id).await? else {
            continue;
        };
        let Some(moved) = due.moved(&settings, &calendar, slot) else { continue };
        changes.extend(shift_request(work, request, &moved).await?);
    }
    changes.extend(shift_hold(work, before).await?);
    if let Some(moved) = work.record.response.and_then(|it| it.moved(&settings, (before, &calendar))) {
        changes.push(format!("メッセージへの対応期限を{}に変更", month_day_time(moved.due_at)));
        work.record.response = Some(moved);
    }
    changes.extend(shift_silence(work, before));
    shift_reminders(work, before).await?;
    if changes.is_empty() {
        return Ok(false);
    }
    let day = month_day_weekday(date);
    work.note(Actor::System, format!("{day}が休業日になりました：{}", changes.join("、")));
    Ok(true)
}

async fn shift_request(
    work: &mut CaseTransaction<'_>,
    request: Assignment,
    due: &Due,
) -> Result<Option<String>, Problem> {
    let due_at = due.at().unwrap_or(request.due_at);
    work.save(MovedReply(request.id, due)).await?;
    if due_at <= request.due_at {
        return Ok(None);
    }
    work.save(SuppressedMail(&reminder_key(&request), MOVED)).await?;
    let moved = Assignment { due_at, ..request };
    remind_of_request(work, &moved)?;
    let name = work.context.experts.name(moved.expert).to_owned();
    if let Some(it) = work.assignments.iter_mut().find(|it| it.id == moved.id) {
        *it = moved;
    }
    Ok(Some(format!("{name}さんの回答期限を{}に変更", month_day_time(due_at))))
}

async fn shift_hold(
    work: &mut CaseTransaction<'_>,
    before: &BusinessCalendar,
) -> Result<Option<String>, Problem> {
    let now = work.now();
    let Some(held) = work.appointment.clone() else { return Ok(None) };
    let Some(until) = held.held_until().filter(|it| *it > now) else { return Ok(None) };
    let (settings, calendar) = (&work.context.settings, &work.context.calendar);
    let moved = hold_moved(now, until, held.starts_at, settings, (before, calendar));
    if moved <= until {
        return Ok(None);
    }
    let kept = Appointment { state: AppointmentState::Held { until: Some(moved) }, ..held };
    work.save(&kept).await?;
    plan_hold_warning(work, &kept)?;
    work.appointment = Some(kept);
    Ok(Some(format!("仮予約の期限を{}に変更", month_day_time(moved))))
}

/// Moves the next step that follows while nothing happens.
fn shift_silence(work: &mut CaseTransaction<'_>, before: &BusinessCalendar) -> Option<String> {
    let Context { settings, calendar, now, .. } = &work.context;
    let moved = work.record.silence?.moved(*now, settings, (before, calendar))?;
    work.record.silence = Some(moved);
    let at = moved.next_at.map(month_day_weekday)?;
    Some(format!("「{}」を待つ間の次のお知らせを{at}に変更", moved.kind.label()))
}

/// Moves the reminders of a confirmed appointment from the new closing day to the business day before it, or to now if
/// that has passed.
async fn shift_reminders(work: &mut CaseTransaction<'_>, before: &BusinessCalendar) -> Result<(), Problem> {
    let Some(booked) = work.appointment.clone().filter(Appointment::is_confirmed) else { return Ok(()) };
    let (settings, calendar, now) = (&work.context.settings, &work.context.calendar, work.now());
    let planned = |calendar: &BusinessCalendar| {
        reminder_at(booked.starts_at, DateTime::<Utc>::MIN_UTC, settings, calendar)
    };
    let (Some(was), Some(moved)) = (planned(before), planned(calendar)) else { return Ok(()) };
    if was <= now || moved >= was {
        return Ok(());
    }
    let experts = booked.experts.iter().filter_map(|it| work.context.experts.get(*it));
    let mut readers: Vec<_> = experts.map(|it| it.email.clone()).collect();
    readers.extend(work.person.email.clone());
    readers.extend(work.person.proven.as_ref().map(|it| it.email.clone()));
    for reader in readers {
        work.save(MovedMail(&appointment_reminder_key(&booked, &reader), moved.max(now))).await?;
    }
    Ok(())
}
