//! Choosing, moving, cancelling and recording sessions.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    appointment::{Appointment, AppointmentState, Owner, SessionMode},
    availability::{Day, Slot},
    consultation::{Act, Deed},
    due::Due,
    id::{AppointmentId, ConsultationId, ExpertId},
    notice::{change_until, reminder_at},
    prefecture::Prefecture,
    wording,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    acting::Acting,
    offers::{Aim, Offers, Search, offers},
    substitute::withdraw_asked,
    work::{Ground, Work, sitting},
};
use crate::{
    app::App,
    mail::{
        letter::{Letter, MustHold},
        occasion::{Occasion, Side, Sitting},
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// The slots at which the accepting experts can meet the company together: to choose from while `scheduling`, or to
/// move to while `booked`. A coordinator or expert also sees times nearer than the notice.
pub async fn joint_offers(app: &App, record: &Record, by: Actor) -> Result<Offers, Problem> {
    let ground = Ground::of(app).await?;
    let all = store::appointment::of(&app.db, record.consultation.id).await?;
    joint_now(&app.db, &ground, record, by, all.iter().find(|it| it.is_live())).await
}

/// The same on any connection, for a session that `moves` or, without one, beside what is booked.
pub async fn joint_now(
    db: &impl ConnectionTrait,
    ground: &Ground,
    record: &Record,
    by: Actor,
    moves: Option<&Appointment>,
) -> Result<Offers, Problem> {
    let assignments = store::assignment::of(db, record.consultation.id).await?;
    let experts: BTreeSet<_> = assignments.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect();
    let search = joint(record, experts.into_iter().collect(), moves, by);
    let settings = ground.programme.settings_at(ground.now);
    let calendar = ground.programme.calendar(ground.now);
    Ok(offers(db, &ground.experts, settings, &calendar, ground.now, search).await?)
}

/// Books one of the joint slots.
pub async fn choose_slot(
    app: &App,
    id: ConsultationId,
    by: impl Into<Acting>,
    slot: Slot,
) -> Result<(), Problem> {
    let acting = by.into();
    let mut work = take_up(app, id, acting, Deed::ChooseSlot).await?;
    let found = joint_in(&work, acting.by, work.appointment.as_ref()).await?;
    book(&mut work, acting.by, slot, &found).await?;
    work.commit().await?;
    Ok(())
}

/// Books a slot, as part of another act too.
pub async fn book(work: &mut Work<'_>, by: Actor, slot: Slot, found: &Offers) -> Result<(), Problem> {
    if !found.has(slot) {
        return Err(Problem::SlotTaken);
    }
    let experts = work.accepted();
    let mode = SessionMode::wished(work.record.mode);
    let uid = Uuid::now_v7();
    let booked = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Consultation(work.record.consultation.id),
        state: AppointmentState::Confirmed,
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode,
        place: place(work, mode, &experts).await?,
        uid: work.app.calendar_uid(uid),
        sequence: 0,
        experts,
    };
    let cells = found.cells(&booked.experts, slot, &work.settings);
    store::appointment::insert(&work.tx, &booked, &cells, work.now)
        .await?
        .map_err(|_taken| Problem::SlotTaken)?;
    work.act(Act::ChooseSlot, by, Some(wording::long_date_time_range(booked.starts_at, booked.ends_at)))?;
    tell_booked(work, &booked)?;
    plan_reminders(work, &booked)?;
    work.appointment = Some(booked);
    Ok(())
}

/// Moves a confirmed session: the old quarter hours are freed and the new ones taken together.
pub async fn reschedule(
    app: &App,
    id: ConsultationId,
    by: impl Into<Acting>,
    slot: Slot,
) -> Result<(), Problem> {
    let acting = by.into();
    let mut work = take_up(app, id, acting, Deed::Reschedule).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let found = joint_in(&work, acting.by, Some(&before)).await?;
    move_booked(&mut work, acting.by, before, slot, &found).await?;
    work.commit().await?;
    Ok(())
}

/// Moves what is booked, as part of another act too.
pub async fn move_booked(
    work: &mut Work<'_>,
    by: Actor,
    before: Appointment,
    slot: Slot,
    found: &Offers,
) -> Result<(), Problem> {
    let until = limit(work, by, before.starts_at);
    let told = wording::long_date_time_range(slot.start(), found.end(slot));
    work.act(Act::Reschedule { until }, by, Some(told))?;
    if !found.has(slot) {
        return Err(Problem::SlotTaken);
    }
    withdraw_asked(work, &before).await?;
    store::inbound::close_proposals(&work.tx, work.record.consultation.id).await?;
    let was = before.starts_at;
    let experts = before.experts.clone();
    let moved = before.move_to(slot.start(), found.end(slot), experts)?;
    let cells = found.cells(&moved.experts, slot, &work.settings);
    store::appointment::save_moved(&work.tx, &moved, &cells, work.now)
        .await?
        .map_err(|_taken| Problem::SlotTaken)?;
    let change_until = change_until(moved.starts_at, &work.settings, &work.calendar);
    tell(work, &moved, News::Moved { change_until, was })?;
    plan_reminders(work, &moved)?;
    work.appointment = Some(moved);
    Ok(())
}

/// Cancels a confirmed session; the company chooses another time.
pub async fn cancel(
    app: &App,
    id: ConsultationId,
    by: impl Into<Acting>,
    reason: String,
) -> Result<(), Problem> {
    let acting = by.into();
    let by = acting.by;
    let mut work = take_up(app, id, acting, Deed::CancelAppointment).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let until = limit(&work, by, before.starts_at);
    work.act(Act::CancelAppointment { until }, by, Some(reason.clone()))?;
    let cancelled = cancel_session(&mut work, before, by.party(), &reason).await?;
    tell_company(&mut work, &cancelled, News::Cancelled { reason: &reason })?;
    work.commit().await?;
    Ok(())
}

/// Nobody came.
pub async fn record_no_show(app: &App, id: ConsultationId, by: impl Into<Acting>) -> Result<(), Problem> {
    let acting = by.into();
    let by = acting.by;
    let mut work = take_up(app, id, acting, Deed::RecordNoShow).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    work.act(Act::RecordNoShow { starts_at: before.starts_at }, by, None)?;
    withdraw_asked(&mut work, &before).await?;
    store::appointment::save(&work.tx, &before.no_show()?, work.now).await?;
    let portal = work.portal()?;
    let names = work.names(&work.accepted());
    let letter = work.to_company(Occasion::SlotsToChoose { portal: &portal, experts: &names })?;
    work.post(letter);
    work.commit().await?;
    Ok(())
}

/// The session took place; the report is due.
pub async fn record_done(app: &App, id: ConsultationId, by: impl Into<Acting>) -> Result<(), Problem> {
    let acting = by.into();
    let by = acting.by;
    let mut work = take_up(app, id, acting, Deed::RecordDone).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    work.act(Act::RecordDone { starts_at: before.starts_at }, by, None)?;
    withdraw_asked(&mut work, &before).await?;
    let done = before.done()?;
    store::appointment::save(&work.tx, &done, work.now).await?;
    work.record.sessions_done += 1;
    let due_at = work.record.due.as_ref().and_then(Due::at).unwrap_or(work.now);
    // One report a session: the first of its experts is told, and told again when it is overdue.
    if let Some(&author) = done.experts.first() {
        let due = work.to_expert(author, Occasion::ReportDue { due_at, overdue: false })?;
        let overdue = work.to_expert(author, Occasion::ReportDue { due_at, overdue: true })?;
        work.post(due);
        work.post(overdue.map(|letter| Letter {
            due_at,
            must_hold: Some(MustHold::ReportMissing { appointment: done.id }),
            ..letter
        }));
    }
    work.commit().await?;
    Ok(())
}

/// A coordinator lets go of the slot that is held while nobody has been asked for it: no expert is free then.
pub async fn release_hold(app: &App, id: ConsultationId, version: i32, by: Actor) -> Result<(), Problem> {
    let mut work = Work::begin_at(app, id, version).await?;
    work.check(Deed::RequestExperts, by)?;
    let held = work
        .appointment
        .take()
        .ok_or_else(|| Problem::Refused("仮予約はありません。最新の内容を確認してください。".to_owned()))?;
    store::appointment::save(&work.tx, &held.release()?, work.now).await?;
    work.note(by, "仮予約を解除しました");
    work.commit().await?;
    Ok(())
}

/// Lets go of a hold whose time is over. The consultation, if there is one, stays where it is.
pub async fn release_expired(app: &App, held: &Appointment) -> Result<(), Problem> {
    match held.owner {
        // An offer ends with its answer or its limit.
        Owner::Offer { .. } => {}
        Owner::Draft(draft) => {
            let now = app.clock.now();
            let tx = app.begin().await?;
            // Whoever submits it has it locked, and keeps the time for the consultation.
            store::draft::lock(&tx, draft).await?;
            let current = store::appointment::find(&tx, held.id).await?;
            let is_still_held = |it: &Appointment| it.owner == held.owner && it.has_expired(now);
            if let Some(it) = current.filter(is_still_held) {
                store::appointment::save(&tx, &it.release()?, now).await?;
            }
            tx.commit().await?;
        }
        Owner::Consultation(id) => {
            let mut work = Work::begin(app, id).await?;
            let expired = work.appointment.take().filter(|it| it.has_expired(work.now));
            let Some(expired) = expired else { return Ok(()) };
            store::appointment::save(&work.tx, &expired.release()?, work.now).await?;
            let why = if work.record.consultation.address_confirmed {
                "担当する専門家が決まらないまま期限を過ぎたため、仮予約を解除しました"
            } else {
                "連絡先が確認されないまま期限を過ぎたため、仮予約を解除しました"
            };
            work.note(Actor::System, why);
            work.commit().await?;
        }
    }
    Ok(())
}

/// Cancels a confirmed session and tells its experts, whatever act leads to it. The company is told by the caller, who
/// may have more to say.
pub async fn cancel_session(
    work: &mut Work<'_>,
    before: Appointment,
    by: Party,
    reason: &str,
) -> Result<Appointment, Problem> {
    withdraw_asked(work, &before).await?;
    store::inbound::close_proposals(&work.tx, work.record.consultation.id).await?;
    let cancelled = before.cancel(by, reason.to_owned())?;
    store::appointment::save(&work.tx, &cancelled, work.now).await?;
    work.appointment = None;
    tell_experts(work, &cancelled, News::Cancelled { reason })?;
    Ok(cancelled)
}

/// The confirmation to both sides, each with its calendar entry.
pub fn tell_booked(work: &mut Work<'_>, booked: &Appointment) -> Result<(), Problem> {
    let change_until = change_until(booked.starts_at, &work.settings, &work.calendar);
    tell(work, booked, News::Booked { change_until })
}

/// The new room to both sides, each with its calendar entry.
pub fn tell_room(work: &mut Work<'_>, changed: &Appointment) -> Result<(), Problem> {
    tell(work, changed, News::Room)
}

/// Reminders to both sides for the business day before; each is checked again when it is due.
pub fn plan_reminders(work: &mut Work<'_>, booked: &Appointment) -> Result<(), Problem> {
    let Some(at) = reminder_at(booked.starts_at, work.now, &work.settings, &work.calendar) else {
        return Ok(());
    };
    let portal = work.portal()?;
    let names = work.names(&booked.experts);
    let sitting = sitting(booked, &names);
    let stands = MustHold::AppointmentStands { appointment: booked.id, sequence: booked.sequence };
    let company = work.to_company(Occasion::Reminder { side: Side::Company { portal: &portal }, sitting })?;
    let mut letters = vec![company];
    for &expert in &booked.experts {
        letters.push(work.to_expert(expert, Occasion::Reminder { side: Side::Expert, sitting })?);
    }
    for letter in letters.into_iter().flatten() {
        let key = format!("reminder/{}/{}/{}", booked.id, booked.sequence, letter.to);
        work.post(Some(Letter { due_at: at, dedup_key: Some(key), must_hold: Some(stands), ..letter }));
    }
    Ok(())
}

/// Where a session takes place: the first expert's room online, or the company's address.
pub async fn place(work: &Work<'_>, mode: SessionMode, experts: &[ExpertId]) -> Result<String, Problem> {
    match mode {
        SessionMode::Online => {
            let first = experts.first().and_then(|&it| work.experts.get(it));
            Ok(first.map(|it| it.video_url.clone()).unwrap_or_default())
        }
        SessionMode::Visit => {
            let written = store::consultation::application(&work.tx, work.record.consultation.id).await?;
            let prefecture = work.record.prefecture.map(Prefecture::name).unwrap_or_default();
            Ok(written
                .map(|(it, _)| {
                    format!("{prefecture}{}{} {}", it.city, it.street, it.building).trim().to_owned()
                })
                .unwrap_or_default())
        }
    }
}

/// What both sides are told of a session.
#[derive(Clone, Copy)]
enum News<'a> {
    Booked { change_until: DateTime<Utc> },
    Moved { change_until: DateTime<Utc>, was: DateTime<Utc> },
    Room,
    Cancelled { reason: &'a str },
}

impl<'a> News<'a> {
    const fn told(&self, side: Side<'a>, sitting: Sitting<'a>) -> Occasion<'a> {
        match *self {
            Self::Booked { change_until } => Occasion::Booked { side, sitting, change_until },
            Self::Moved { change_until, was } => Occasion::Moved { side, sitting, change_until, was },
            Self::Room => Occasion::Room { side, sitting },
            Self::Cancelled { reason } => Occasion::Cancelled { side, sitting, reason },
        }
    }
}

/// The letter to the company and to each expert, with its calendar entry.
fn tell(work: &mut Work<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    tell_company(work, it, news)?;
    tell_experts(work, it, news)
}

fn tell_company(work: &mut Work<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&it.experts);
    let company = work.to_company(news.told(Side::Company { portal: &portal }, sitting(it, &names)))?;
    work.post(company);
    Ok(())
}

fn tell_experts(work: &mut Work<'_>, it: &Appointment, news: News<'_>) -> Result<(), Problem> {
    let names = work.names(&it.experts);
    for &expert in &it.experts {
        let letter = work.to_expert(expert, news.told(Side::Expert, sitting(it, &names)))?;
        work.post(letter);
    }
    Ok(())
}

/// Until when the company may still do it; center and expert always may.
fn limit(work: &Work<'_>, by: Actor, starts_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match by.party() {
        Party::Company => Some(change_until(starts_at, &work.settings, &work.calendar)),
        Party::Coordinator | Party::Expert | Party::Desk | Party::System => None,
    }
}

/// Takes a consultation up for a deed, refusing who may not do it and what is not possible now before anything is done.
async fn take_up(app: &App, id: ConsultationId, acting: Acting, deed: Deed) -> Result<Work<'_>, Problem> {
    let work = Work::begin_for(app, id, acting).await?;
    may_speak_for(&work, acting.by)?;
    work.check(deed, acting.by)?;
    Ok(work)
}

/// An expert acts only on what they have accepted.
fn may_speak_for(work: &Work<'_>, by: Actor) -> Result<(), Problem> {
    match by {
        Actor::Expert(expert) if !work.accepted().contains(&expert) => Err(Problem::NotFound),
        Actor::Expert(_) | Actor::Company | Actor::Coordinator(_) | Actor::Desk(_) | Actor::System => Ok(()),
    }
}

/// The joint slots within a transaction, in turn.
pub async fn joint_in(work: &Work<'_>, by: Actor, moves: Option<&Appointment>) -> Result<Offers, Problem> {
    store::appointment::take_turns(&work.tx).await?;
    let search = joint(&work.record, work.accepted(), moves, by);
    Ok(offers(&work.tx, &work.experts, &work.settings, &work.calendar, work.now, search).await?)
}

fn joint(record: &Record, experts: Vec<ExpertId>, live: Option<&Appointment>, by: Actor) -> Search {
    let company = by.party() == Party::Company;
    Search {
        fields: record.consultation.fields,
        mode: live.map_or_else(|| SessionMode::wished(record.mode), |it| it.mode),
        themes: BTreeSet::new(),
        prefecture: record.prefecture,
        industry: record.industry,
        company: Some(record.company),
        only: Some(experts),
        excluded: BTreeSet::new(),
        moving: live.map(|it| it.id),
        starts: if company { Day::HALF_HOURS } else { Day::ALL },
        overridden: !company,
        // Who comes is settled; only the time is open.
        aim: Aim::List,
    }
}
