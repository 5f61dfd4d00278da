//! Books, moves, cancels and records appointments.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    aftercare::report::{report_author, report_gap},
    booking::{
        appointment::{Appointment, AppointmentMode, AppointmentState, Owner},
        availability::{Day, Exception, ExceptionChange, Slot, Span},
    },
    consultation::{Action, ActionKind},
    due::{Due, DueKind},
    id::{AppointmentId, ConsultationId, ExpertId},
    wording,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    awaited_response,
    change_limit::change_limit,
    notices::{
        notify_booked, notify_company_cancelled, notify_expert_missed, notify_experts_cancelled,
        notify_experts_of_no_show, notify_moved, notify_no_show, plan_reminders,
    },
    owed_field::owed_by,
    slot_offers::{SearchAim, SlotOffers, SlotSearch},
    venue,
};
use crate::{
    app::App,
    mail::{mail_event::MailEvent, outgoing_mail::SendCondition},
    ops::{
        aftercare::report_gap::{set_gap, writers},
        case::{
            actor::ActorAt,
            context::Context,
            save::{
                BlockedTime, ClosedProposals, MovedAppointment, NewAppointment, ScheduleChange,
                SuppressedMail,
            },
            transaction::CaseTransaction,
        },
        routing::{
            presence::{release_missing, tell_away},
            requests::withdraw_substitute_request,
        },
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// Returns the slots at which all accepting experts can meet the company: to choose from while `scheduling`, or to move
/// to while `booked`. A coordinator or an expert also sees times within the period of notice.
pub async fn joint_offers(app: &App, record: &Record, by: Actor) -> Result<SlotOffers, Problem> {
    let context = Context::of(app).await?;
    let all = store::booking::appointment::of(&app.db, record.consultation.id).await?;
    joint_now(&app.db, &context, record, by, all.iter().find(|it| it.is_live())).await
}

/// Returns the joint slots as `joint_offers` does, on any connection: for moving the appointment `moves`, or without
/// one for a time in addition to what is booked.
pub async fn joint_now(
    db: &impl ConnectionTrait,
    context: &Context,
    record: &Record,
    by: Actor,
    moves: Option<&Appointment>,
) -> Result<SlotOffers, Problem> {
    let assignments = store::routing::assignment::of(db, record.consultation.id).await?;
    let experts: BTreeSet<_> = assignments.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect();
    let search = joint(record, experts.into_iter().collect(), moves, by);
    context.offers(db, search).await
}

/// Books one of the joint slots.
pub async fn choose_slot(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    slot: Slot,
) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::ChooseSlot).await?;
    let found = joint_in(&work, by, work.appointment.as_ref()).await?;
    book(&mut work, by, slot, &found).await?;
    work.commit().await?;
    Ok(())
}

/// Books a slot; also called as part of other operations.
pub async fn book(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    slot: Slot,
    found: &SlotOffers,
) -> Result<(), Problem> {
    if !found.has(slot) {
        return Err(Problem::SlotTaken);
    }
    let experts = work.accepted();
    let mode = AppointmentMode::wished(work.record.mode);
    let uid = Uuid::now_v7();
    let booked = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Consultation(work.record.consultation.id),
        state: AppointmentState::Confirmed,
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode,
        place: venue::of(work, mode, &experts).await?,
        uid: work.app.calendar_uid(uid),
        sequence: 0,
        absent: None,
        makes_up: work.record.owed.is_some(),
        experts,
    };
    let cells = found.cells(&booked.experts, slot, &work.context.settings);
    work.save(NewAppointment(&booked, &cells)).await?;
    work.act(Action::ChooseSlot, by, Some(when(&booked)))?;
    notify_booked(work, &booked)?;
    plan_reminders(work, &booked)?;
    work.appointment = Some(booked);
    Ok(())
}

/// Moves a confirmed appointment. The old quarter hours are freed and the new ones taken in one step.
pub async fn reschedule(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    slot: Slot,
) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::Reschedule).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let found = joint_in(&work, by, Some(&before)).await?;
    move_booked(&mut work, by, before, slot, &found).await?;
    work.commit().await?;
    Ok(())
}

/// Moves the confirmed appointment; also called as part of other operations.
pub async fn move_booked(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    before: Appointment,
    slot: Slot,
    found: &SlotOffers,
) -> Result<(), Problem> {
    let until = limit(work, by, &before).await?;
    let to = wording::long_date_time_range(slot.start(), found.end(slot));
    work.act(Action::Reschedule { until }, by, Some(format!("{}から{to}へ", when(&before))))?;
    if !found.has(slot) {
        return Err(Problem::SlotTaken);
    }
    withdraw_substitute_request(work, &before).await?;
    work.save(ClosedProposals(work.record.consultation.id)).await?;
    awaited_response::end(work, &before).await?;
    let was = before.starts_at;
    let experts = before.experts.clone();
    let moved = before.move_to(slot.start(), found.end(slot), experts)?;
    let cells = found.cells(&moved.experts, slot, &work.context.settings);
    work.save(MovedAppointment(&moved, &cells)).await?;
    notify_moved(work, &moved, was)?;
    plan_reminders(work, &moved)?;
    work.appointment = Some(moved);
    Ok(())
}

/// Returns the time of an appointment in the words of the history.
pub fn when(it: &Appointment) -> String {
    wording::long_date_time_range(it.starts_at, it.ends_at)
}

/// Cancels a confirmed appointment. The company then chooses another time.
pub async fn cancel(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    reason: String,
) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::CancelAppointment).await?;
    let before = work.appointment.take().ok_or(Problem::NotFound)?;
    let until = limit(&work, by, &before).await?;
    let team = release_missing(&mut work).await?;
    let act = Action::CancelAppointment { until, covered: team.covered };
    work.act(act, by, Some(format!("{}の予約：{reason}", when(&before))))?;
    let cancelled = cancel_untold(&mut work, before, by.principal().party(), &reason).await?;
    let mut blocked = None;
    if let Actor::Expert(expert) = by.principal() {
        blocked = Some(expert);
        block(&mut work, expert, by, &cancelled).await?;
    }
    notify_experts_cancelled(&mut work, &cancelled, &reason, (blocked, &team.away))?;
    tell_away(&mut work, &team.away, "予約が取り消されました。", Some(&cancelled))?;
    notify_company_cancelled(&mut work, &cancelled, &reason)?;
    work.commit().await?;
    Ok(())
}

/// Records that the appointment did not take place because the company did not come.
pub async fn record_no_show(app: &App, id: ConsultationId, by: impl Into<ActorAt>) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::RecordNoShow).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let team = release_missing(&mut work).await?;
    let act = Action::RecordNoShow { starts_at: before.starts_at, covered: team.covered };
    work.act(act, by, Some(when(&before)))?;
    withdraw_substitute_request(&mut work, &before).await?;
    tell_away(&mut work, &team.away, &recorded(&before, "企業の欠席"), None)?;
    notify_no_show(&mut work, &before, false)?;
    notify_experts_of_no_show(&mut work, &before, by, &team.away)?;
    work.save(&before.no_show()?).await?;
    work.commit().await?;
    Ok(())
}

/// Records that the appointment did not take place because the expert did not come. The center has to respond to a
/// company that says so.
pub async fn record_expert_no_show(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::RecordExpertNoShow).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let team = release_missing(&mut work).await?;
    let act = Action::RecordExpertNoShow { starts_at: before.starts_at, covered: team.covered };
    work.act(act, by, Some(when(&before)))?;
    withdraw_substitute_request(&mut work, &before).await?;
    if by == Actor::Company {
        work.await_response();
    }
    tell_away(&mut work, &team.away, &recorded(&before, "専門家の欠席"), None)?;
    notify_expert_missed(&mut work, &before, (by, &team.away), false)?;
    work.save(&before.expert_no_show()?).await?;
    work.commit().await?;
    Ok(())
}

/// Returns what was recorded of an appointment, in the words of a mail.
pub fn recorded(it: &Appointment, outcome: &str) -> String {
    format!("{}の相談は、「{outcome}」と記録しました。", when(it))
}

/// Records that the appointment took place. The report is due from then on.
pub async fn record_done(app: &App, id: ConsultationId, by: impl Into<ActorAt>) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::RecordDone).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    work.act(Action::RecordDone { starts_at: before.starts_at }, by, Some(when(&before)))?;
    keep_as_done(&mut work, before).await?;
    work.commit().await?;
    Ok(())
}

/// Saves that a confirmed appointment took place, and asks for its report, as part of another operation.
pub async fn keep_as_done(work: &mut CaseTransaction<'_>, before: Appointment) -> Result<(), Problem> {
    withdraw_substitute_request(work, &before).await?;
    let done = before.done()?;
    let owed = owed_by(work, &done).await?;
    work.record.owed = if done.makes_up { None } else { work.record.owed.or(owed) };
    work.save(&done).await?;
    work.record.appointments_done += 1;
    ask_for_report(work, &done)
}

/// Asks for the report on an appointment that took place. There is one for an appointment: the first of its experts who
/// can write it and is there is asked, and reminded when it is overdue. If none can, or all who can are absent when it is
/// due, the center sees to it.
pub fn ask_for_report(work: &mut CaseTransaction<'_>, done: &Appointment) -> Result<(), Problem> {
    if let Some((author, due_at)) = plan_report(work, done)? {
        work.mail_expert(author, MailEvent::ReportDue { due_at, overdue: false })?;
    }
    Ok(())
}

/// Finds who writes the report on an appointment that took place, and plans the reminder. Returns its author, who has to
/// be asked, and its deadline; `None` if the center sees to it.
pub fn plan_report(
    work: &mut CaseTransaction<'_>,
    done: &Appointment,
) -> Result<Option<(ExpertId, DateTime<Utc>)>, Problem> {
    let due = work.record.due.as_ref().filter(|it| it.kind == DueKind::Report).and_then(Due::at);
    let Context { settings, calendar, now, .. } = &work.context;
    let due_at = due.or_else(|| Due::report(settings, calendar, *now).at()).unwrap_or(*now);
    let writers = writers(&work.context, done, due_at);
    // Another report may wait for the center already.
    let gap = report_gap(&writers).or(work.record.report_by_center);
    set_gap(work, gap);
    let author = report_author(&writers);
    if let Some(author) = author {
        plan_overdue(work, author, done.id, due_at)?;
    }
    Ok(author.map(|it| (it, due_at)))
}

/// Plans the mail to the author of a report that is overdue.
fn plan_overdue(
    work: &mut CaseTransaction<'_>,
    author: ExpertId,
    appointment: AppointmentId,
    due_at: DateTime<Utc>,
) -> Result<(), Problem> {
    if let Some(mail) = work.mail_expert(author, MailEvent::ReportDue { due_at, overdue: true })? {
        mail.due_at = due_at;
        mail.dedup_key = Some(overdue_key(appointment, due_at));
        mail.send_condition = Some(SendCondition::ReportMissing { appointment });
    }
    Ok(())
}

fn overdue_key(appointment: AppointmentId, due_at: DateTime<Utc>) -> String {
    format!("report_overdue/{appointment}/{}", due_at.timestamp())
}

/// Plans the mail about an overdue report anew, after its deadline has moved.
pub async fn remind_of_report(
    work: &mut CaseTransaction<'_>,
    was: DateTime<Utc>,
    due_at: DateTime<Utc>,
) -> Result<(), Problem> {
    let all = store::booking::appointment::of(work.read(), work.record.consultation.id).await?;
    let done = all.into_iter().rfind(|it| it.state == AppointmentState::Done);
    let Some(done) = done.filter(|_| was > work.now()) else { return Ok(()) };
    let key = overdue_key(done.id, was);
    work.save(SuppressedMail(&key, "the deadline has moved")).await?;
    match report_author(&writers(&work.context, &done, due_at)) {
        Some(author) => plan_overdue(work, author, done.id, due_at),
        None => Ok(()),
    }
}

/// Cancels a confirmed appointment and tells its experts. The company is told by the caller, who may have more to say.
pub async fn cancel_appointment(
    work: &mut CaseTransaction<'_>,
    before: Appointment,
    by: Actor,
    reason: &str,
) -> Result<Appointment, Problem> {
    let cancelled = cancel_untold(work, before, by.party(), reason).await?;
    let blocked = match by {
        Actor::Expert(expert) => Some(expert),
        Actor::Company | Actor::Coordinator(_) | Actor::Desk(..) | Actor::System | Actor::Stead(..) => None,
    };
    notify_experts_cancelled(work, &cancelled, reason, (blocked, &[]))?;
    Ok(cancelled)
}

/// Cancels a confirmed appointment as part of a larger change, whose caller notifies all readers once it is complete.
pub async fn cancel_untold(
    work: &mut CaseTransaction<'_>,
    before: Appointment,
    by: Party,
    reason: &str,
) -> Result<Appointment, Problem> {
    withdraw_substitute_request(work, &before).await?;
    work.save(ClosedProposals(work.record.consultation.id)).await?;
    awaited_response::end(work, &before).await?;
    let cancelled = before.cancel(by, reason.to_owned())?;
    work.save(&cancelled).await?;
    work.appointment = None;
    Ok(cancelled)
}

/// Takes the time of an appointment that an expert has cancelled out of the expert's schedule, so that the expert is not
/// offered at that time again. `by` is the expert, or a coordinator in the expert's stead.
async fn block(
    work: &mut CaseTransaction<'_>,
    expert: ExpertId,
    by: Actor,
    cancelled: &Appointment,
) -> Result<(), Problem> {
    let Some(from) = Slot::at(cancelled.starts_at) else { return Ok(()) };
    // Appointments have whole quarter hours.
    let quarters = (cancelled.ends_at - cancelled.starts_at).num_minutes() / 15;
    let length = u8::try_from(quarters).unwrap_or(u8::MAX);
    let change = match Span::new(from.quarter(), from.quarter().saturating_add(length)) {
        Ok(span) => ExceptionChange::Remove(span),
        Err(_) => ExceptionChange::RemoveAll,
    };
    work.save(BlockedTime(expert, Exception { date: from.date(), change })).await?;
    let when = when(cancelled);
    let what = format!("予約の取消しにより、空きから除きました：{when}（{}）", work.record.number);
    work.save(ScheduleChange { expert, by, what: &what }).await?;
    let name = work.context.experts.name(expert).to_owned();
    work.note(by, format!("{name}さんの空きから、取り消した日時を除きました"));
    Ok(())
}

/// Returns until when a company may change the appointment; `None` for every other party, who always may.
async fn limit(
    work: &CaseTransaction<'_>,
    by: Actor,
    appointment: &Appointment,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let Context { programme, settings, now, .. } = &work.context;
    match by.party() {
        Party::Company => Ok(Some(change_limit(work.read(), programme, settings, appointment, *now).await?)),
        Party::Coordinator | Party::Expert | Party::Desk | Party::System => Ok(None),
    }
}

/// Begins a change of a consultation, and returns who makes it. An actor without permission, and an action that is not possible now, are refused
/// before anything is done.
pub(super) async fn begin_change(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    action: ActionKind,
) -> Result<(CaseTransaction<'_>, Actor), Problem> {
    let actor_at = by.into();
    let work = CaseTransaction::begin_for(app, id, actor_at).await?;
    may_speak_for(&work, actor_at.actor)?;
    work.check(action, actor_at.actor)?;
    Ok((work, actor_at.actor))
}

/// Refuses an expert who has not accepted the consultation, also if a coordinator acts in the expert's stead.
fn may_speak_for(work: &CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    match by.principal() {
        Actor::Expert(expert) if !work.accepted().contains(&expert) => Err(Problem::NotFound),
        Actor::Expert(_)
        | Actor::Company
        | Actor::Coordinator(_)
        | Actor::Desk(..)
        | Actor::System
        | Actor::Stead(..) => Ok(()),
    }
}

/// Returns the joint slots within a transaction, after taking its turn among the searches.
pub async fn joint_in(
    work: &CaseTransaction<'_>,
    by: Actor,
    moves: Option<&Appointment>,
) -> Result<SlotOffers, Problem> {
    work.offers(joint(&work.record, work.accepted(), moves, by)).await
}

fn joint(record: &Record, experts: Vec<ExpertId>, live: Option<&Appointment>, by: Actor) -> SlotSearch {
    let company = by.party() == Party::Company;
    SlotSearch {
        fields: record.wanted_fields(),
        mode: live.map_or_else(|| AppointmentMode::wished(record.mode), |it| it.mode),
        themes: BTreeSet::new(),
        prefecture: record.site(),
        industry: record.industry,
        company: Some(record.company),
        only: Some(experts),
        day: None,
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
        moving: live.map(|it| it.id),
        starts: if company { Day::HALF_HOURS } else { Day::ALL },
        overridden: !company,
        // The experts are fixed; only the time is open.
        aim: SearchAim::List,
    }
}
