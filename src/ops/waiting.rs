//! Waiting for an earlier time: who is offered a freed time, and what becomes of the offer.
//!
//! Nothing remembers that a time was freed. Whoever waits is compared with what is free now, so that a time which became
//! free in any way is found, and a crash loses none.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    appointment::{Appointment, AppointmentState, Owner, SessionMode},
    availability::Slot,
    calendar::japan_date,
    consultation::{Deed, State},
    id::{AppointmentId, ConsultationId, WaitingId, WaitingOfferId},
    notice::change_until,
    waiting::{Offer, OfferState, Stopped, WISHES, Waiting, Wish, held_until, may_wait},
    wording::{long_date_time_range, month_day_time},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    acting::Acting,
    appointment::{book, joint_in, joint_now, move_booked},
    offers::Offers,
    work::{Ground, Work, sitting},
};
use crate::{
    app::App,
    mail::{
        letter::{Letter, MustHold},
        occasion::Occasion,
    },
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        waiting::{Entry, Held},
    },
};

/// What came of the wish to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    Yes,
    /// There is nothing to wait for: this time is free now.
    FreeNow(Slot),
}

/// Lets a company wait for an earlier time than it has, or than there is to choose from.
pub async fn wait(
    app: &App,
    id: ConsultationId,
    by: impl Into<Acting>,
    wishes: Vec<Wish>,
) -> Result<Waits, Problem> {
    let acting = by.into();
    let mut work = Work::begin_for(app, id, acting).await?;
    let limit =
        work.appointment.as_ref().map(|it| change_until(it.starts_at, &work.settings, &work.calendar));
    if !may_wait(&work.record.consultation.state, limit, work.now) {
        return Err(Problem::Refused("いまは、空き待ちを受け付けられません。".to_owned()));
    }
    if wishes.is_empty() || wishes.len() > WISHES {
        return Err(Problem::Unreadable);
    }
    if store::waiting::of(&work.tx, id).await?.is_some() {
        return Err(Problem::Refused("すでに空き待ちを受け付けています。".to_owned()));
    }
    let waiting = Waiting { id: WaitingId(Uuid::now_v7()), since: work.now, wishes, turned_down: 0 };
    let found = joint_in(&work, Actor::Company, None).await?;
    let booked = work.appointment.as_ref().map(|it| it.starts_at);
    if let Some(slot) = waiting.choice(&free(&found), booked, &BTreeSet::new()) {
        return Ok(Waits::FreeNow(slot));
    }
    let wishes: Vec<_> = waiting.wishes.iter().map(Wish::label).collect();
    store::waiting::insert(&work.tx, &Entry { consultation: id, waiting }).await?;
    work.note(acting.by, format!("早い日時の空き待ちを受け付けました（{}）", wishes.join("、または ")));
    work.commit().await?;
    Ok(Waits::Yes)
}

/// Ends the waiting; what was offered goes to the next.
pub async fn stop(app: &App, id: ConsultationId, by: impl Into<Acting>) -> Result<(), Problem> {
    let acting = by.into();
    let mut work = Work::begin_for(app, id, acting).await?;
    let Some(waiting) = store::waiting::of(&work.tx, id).await? else { return Ok(()) };
    store::appointment::take_turns(&work.tx).await?;
    withdraw_open(&work, waiting.id).await?;
    store::waiting::end(&work.tx, waiting.id, Stopped::Stopped, work.now).await?;
    work.note(acting.by, "空き待ちを終えました");
    work.commit().await?;
    Ok(())
}

/// The company takes the time that is held for it: what it had is let go and the new time is booked, or nothing is.
pub async fn accept(app: &App, id: WaitingOfferId) -> Result<(), Problem> {
    let (mut work, held) = take_up(app, id).await?;
    if held.offer.state == OfferState::Accepted {
        return Ok(());
    }
    let by = Actor::Company;
    let slot = Slot::at(held.offer.starts_at).ok_or(Problem::SlotTaken)?;
    let offer = held.offer.clone().accept(work.now)?;
    let deed = if work.appointment.is_some() { Deed::Reschedule } else { Deed::ChooseSlot };
    work.check(deed, by)?;
    store::waiting::save_offer(&work.tx, &offer, work.now).await?;
    let_go(&work, held.appointment).await?;
    store::waiting::end(&work.tx, offer.waiting, Stopped::Accepted, work.now).await?;
    // The time was in notice when it was offered.
    let found = joint_in(&work, Actor::System, work.appointment.as_ref()).await?;
    match work.appointment.clone() {
        Some(booked) => move_booked(&mut work, by, booked, slot, &found).await?,
        None => book(&mut work, by, slot, &found).await?,
    }
    work.commit().await?;
    Ok(())
}

/// The company does not want the time; the next is asked. It goes on waiting.
pub async fn decline(app: &App, id: WaitingOfferId) -> Result<(), Problem> {
    let (mut work, held) = take_up(app, id).await?;
    if held.offer.state == OfferState::Declined {
        return Ok(());
    }
    let offer = held.offer.decline(work.now)?;
    turn_down(&mut work, &offer, held.appointment, Actor::Company, "見送られました").await?;
    work.commit().await?;
    Ok(())
}

/// The company has not answered in time.
pub async fn lapse(app: &App, id: WaitingOfferId) -> Result<(), Problem> {
    let (mut work, held) = take_up(app, id).await?;
    let Some(offer) = held.offer.lapse(work.now) else { return Ok(()) };
    turn_down(&mut work, &offer, held.appointment, Actor::System, "回答がないまま期限を過ぎました").await?;
    work.commit().await?;
    Ok(())
}

/// Offers one free time to whoever is to be asked first. Says whether another look is worth while.
pub async fn offer_next(app: &App) -> Result<bool, Problem> {
    let ground = Ground::of(app).await?;
    let Some(seen) = next(app, &app.db, &ground).await? else { return Ok(false) };
    let mut work = Work::begin(app, seen.consultation).await?;
    store::appointment::take_turns(&work.tx).await?;
    let ground = Ground {
        now: work.now,
        programme: std::sync::Arc::clone(&work.programme),
        experts: std::sync::Arc::clone(&work.experts),
    };
    // Somebody may have taken the time, or come ahead in the queue: then it is looked through again.
    match next(app, &work.tx, &ground).await? {
        Some(it) if it.consultation == seen.consultation => make_offer(&mut work, it).await?,
        Some(_) => return Ok(true),
        None => return Ok(false),
    }
    work.commit().await?;
    Ok(true)
}

/// After anything that happened to the consultation: an offer beside a time that has just been settled or lost says
/// nothing any more, and whoever has what was wished for, or no session ahead, waits no longer.
pub async fn follow(work: &mut Work<'_>) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let Some(waiting) = store::waiting::of(&work.tx, id).await? else { return Ok(()) };
    store::appointment::take_turns(&work.tx).await?;
    withdraw_open(work, waiting.id).await?;
    let booked = work.appointment.as_ref().filter(|it| it.is_confirmed());
    let settled = booked.and_then(|it| Slot::at(it.starts_at)).is_some_and(|it| waiting.wants(it));
    let why = match work.record.consultation.state {
        State::Booked if settled => Stopped::Fulfilled,
        State::Booked | State::Scheduling => return Ok(()),
        State::Received
        | State::Checking
        | State::WaitingCompany
        | State::Matching
        | State::Consulted
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => Stopped::Over,
    };
    store::waiting::end(&work.tx, waiting.id, why, work.now).await?;
    Ok(())
}

/// Who is to be asked, about which time.
struct Next {
    consultation: ConsultationId,
    waiting: Waiting,
    slot: Slot,
    found: Offers,
}

/// The first in the queue for whom a time is free now, skipping whoever has an offer to answer, has had the day's mail,
/// or cannot move any more.
async fn next(app: &App, db: &impl ConnectionTrait, ground: &Ground) -> Result<Option<Next>, Problem> {
    let asked = store::waiting::being_asked(db).await?;
    for Entry { consultation, waiting } in store::waiting::queue(db).await? {
        if asked.contains(&waiting.id) || !may_be_mailed(app, db, consultation, ground.now).await? {
            continue;
        }
        let Some(record) = store::consultation::find(db, consultation).await? else { continue };
        let all = store::appointment::of(db, consultation).await?;
        let booked = all.iter().find(|it| it.is_live());
        if booked.is_some_and(|it| limit(ground, it) <= ground.now) {
            continue;
        }
        // A time that was offered before, or that the company itself gave up, is no news.
        let mut known: BTreeSet<_> = all.iter().map(|it| it.starts_at).collect();
        known.extend(store::waiting::offers(db, waiting.id).await?.into_iter().map(|it| it.offer.starts_at));
        // Beside what is booked, which stays until the company has answered.
        let found = joint_now(db, ground, &record, Actor::Company, None).await?;
        if let Some(slot) = waiting.choice(&free(&found), booked.map(|it| it.starts_at), &known) {
            return Ok(Some(Next { consultation, waiting, slot, found }));
        }
    }
    Ok(None)
}

async fn make_offer(work: &mut Work<'_>, next: Next) -> Result<(), Problem> {
    let Next { consultation, waiting, slot, found } = next;
    let ground =
        work.appointment.as_ref().map(|it| change_until(it.starts_at, &work.settings, &work.calendar));
    let limit = ground.unwrap_or(slot.start()).min(slot.start());
    let until = held_until(work.now, limit, &work.settings, &work.calendar);
    let uid = Uuid::now_v7();
    let held = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Offer { consultation, waiting: waiting.id },
        state: AppointmentState::Held { until: Some(until) },
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode: SessionMode::wished(work.record.mode),
        place: String::new(),
        uid: work.app.calendar_uid(uid),
        sequence: 0,
        experts: work.accepted(),
    };
    let cells = found.cells(&held.experts, slot, &work.settings);
    store::appointment::insert(&work.tx, &held, &cells, work.now)
        .await?
        .map_err(|_taken| Problem::SlotTaken)?;
    let offer = Offer {
        id: WaitingOfferId(Uuid::now_v7()),
        waiting: waiting.id,
        starts_at: held.starts_at,
        until,
        state: OfferState::Open,
    };
    let kept = Held { offer: offer.clone(), appointment: held.id, offered_at: work.now };
    store::waiting::insert_offer(&work.tx, &kept).await?;
    if let Some(key) = mail_key(work.app, work.person.email.as_deref()) {
        store::mail_budget::count(&work.tx, [key], japan_date(work.now)).await?;
    }
    let names = work.names(&held.experts);
    let answer = offer_link(work.app, &offer);
    let letter = work.to_company(Occasion::EarlierTime {
        answer: &answer,
        sitting: sitting(&held, &names),
        booked: work.appointment.as_ref().map(|it| it.starts_at),
        until,
    })?;
    let stands = Some(MustHold::OfferStands { offer: offer.id });
    work.post(letter.map(|it| Letter { must_hold: stands, ..it }));
    work.note(
        Actor::System,
        format!(
            "空いた日時（{}）を案内しました。{}までお取り置きします",
            long_date_time_range(held.starts_at, held.ends_at),
            month_day_time(until)
        ),
    );
    Ok(())
}

/// The address at which a company answers an offer, good for as long as the offer is.
pub fn offer_link(app: &App, offer: &Offer) -> String {
    let token = app.secret.sign(Purpose::WaitingOffer, offer.id.0, offer.until + chrono::TimeDelta::days(30));
    app.site.earlier_time(&token)
}

/// Takes up the consultation of an offer, in turn, with the offer as it is then.
async fn take_up(app: &App, id: WaitingOfferId) -> Result<(Work<'_>, Held), Problem> {
    let (consultation, _) = store::waiting::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let work = Work::begin(app, consultation).await?;
    store::appointment::take_turns(&work.tx).await?;
    let (_, held) = store::waiting::find(&work.tx, id).await?.ok_or(Problem::NotFound)?;
    Ok((work, held))
}

async fn turn_down(
    work: &mut Work<'_>,
    offer: &Offer,
    held: AppointmentId,
    by: Actor,
    how: &str,
) -> Result<(), Problem> {
    store::waiting::save_offer(&work.tx, offer, work.now).await?;
    store::waiting::count_turned_down(&work.tx, offer.waiting).await?;
    let_go(work, held).await?;
    work.note(by, format!("空いた日時（{}）のご案内は、{how}", month_day_time(offer.starts_at)));
    Ok(())
}

async fn withdraw_open(work: &Work<'_>, waiting: WaitingId) -> Result<(), Problem> {
    for held in store::waiting::offers(&work.tx, waiting).await? {
        if let Some(offer) = held.offer.withdraw() {
            store::waiting::save_offer(&work.tx, &offer, work.now).await?;
            let_go(work, held.appointment).await?;
        }
    }
    Ok(())
}

/// Frees the time that was held for an offer.
async fn let_go(work: &Work<'_>, held: AppointmentId) -> Result<(), Problem> {
    let held = store::appointment::find(&work.tx, held).await?.filter(Appointment::is_live);
    if let Some(held) = held {
        store::appointment::save(&work.tx, &held.release()?, work.now).await?;
    }
    Ok(())
}

fn free(found: &Offers) -> Vec<Slot> {
    found.days().into_iter().flat_map(|(_, slots)| slots).collect()
}

fn limit(ground: &Ground, booked: &Appointment) -> DateTime<Utc> {
    let settings = ground.programme.settings_at(ground.now);
    change_until(booked.starts_at, settings, &ground.programme.calendar(ground.now))
}

/// One offer a day to an address, whatever the number of its consultations.
async fn may_be_mailed(
    app: &App,
    db: &impl ConnectionTrait,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let person = store::consultation::person(db, id).await?;
    let Some(key) = mail_key(app, person.and_then(|it| it.email).as_deref()) else { return Ok(false) };
    Ok(store::mail_budget::counted(db, &key, japan_date(now)).await? == 0)
}

fn mail_key(app: &App, email: Option<&str>) -> Option<String> {
    email.map(|it| format!("earlier-time/{}", app.secret.pseudonym(&it.to_lowercase())))
}
