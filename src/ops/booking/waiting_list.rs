//! The waiting list for an earlier time: which company is offered a freed time, and what follows from its answer.
//!
//! No record is kept of a time that becomes free. The preferred times of waiting companies are compared with what is
//! free now, so that a time which became free in any way is found, and a crash loses none.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode, AppointmentState, Owner},
        availability::Slot,
        notice::change_until,
        waiting_list::{
            MOST_PREFERRED_TIMES, TimePreference, WaitingEndReason, WaitingListEntry, WaitingOffer,
            WaitingOfferState, held_until, may_wait,
        },
    },
    calendar::japan_date,
    consultation::ActionKind,
    id::{AppointmentId, ConsultationId, WaitingId, WaitingOfferId},
    wording::{long_date_time_range, month_day_time},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    appointment::{book, joint_in, joint_now, move_booked},
    notices::appointment_text,
    slot_offers::SlotOffers,
    waiting_offer::{ReleasedOffer, WithdrawnOffers},
};
use crate::{
    app::App,
    mail::{mail_event::MailEvent, outgoing_mail::SendCondition},
    ops::{
        case::{
            actor::ActorAt,
            context::Context,
            save::{EndedWaiting, NewAppointment, TurnedDown},
            transaction::CaseTransaction,
        },
        consultation::to_call::settle,
        correspondence::mail_budget::CountedMail,
    },
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        booking::waiting_list::{HeldOffer, WaitingCompany},
    },
};

/// The result of the request to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingResult {
    Yes,
    /// There is no need to wait: this time is free now.
    FreeNow(Slot),
}

/// Puts a company on the waiting list for a time earlier than its own, or earlier than those that it can choose from.
pub async fn wait(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    preferred_times: Vec<TimePreference>,
) -> Result<WaitingResult, Problem> {
    let actor_at = by.into();
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    let limit = work
        .appointment
        .as_ref()
        .map(|it| change_until(it.starts_at, &work.context.settings, &work.context.calendar));
    if !may_wait(&work.record.consultation.state, limit, work.now()) {
        return Err(Problem::Refused("いまは、空き待ちを受け付けられません。".to_owned()));
    }
    if preferred_times.is_empty() || preferred_times.len() > MOST_PREFERRED_TIMES {
        return Err(Problem::Unreadable);
    }
    if store::booking::waiting_list::of(work.read(), id).await?.is_some() {
        return Err(Problem::Refused("すでに空き待ちを受け付けています。".to_owned()));
    }
    let waiting = WaitingListEntry {
        id: WaitingId(Uuid::now_v7()),
        since: work.now(),
        preferred_times,
        turned_down: 0,
    };
    let found = joint_in(&work, Actor::Company, None).await?;
    let booked = work.appointment.as_ref().map(|it| it.starts_at);
    if let Some(slot) = waiting.choice(&free(&found), booked, &BTreeSet::new()) {
        return Ok(WaitingResult::FreeNow(slot));
    }
    let preferred_times: Vec<_> = waiting.preferred_times.iter().map(TimePreference::label).collect();
    work.save(&WaitingCompany { consultation: id, waiting }).await?;
    work.note(
        actor_at.actor,
        format!("早い日時の空き待ちを受け付けました（{}）", preferred_times.join("、または ")),
    );
    heard(&mut work, actor_at.actor).await?;
    work.commit().await?;
    Ok(WaitingResult::Yes)
}

/// Takes a company off the waiting list. The time that it was offered is freed for the next company.
pub async fn stop(app: &App, id: ConsultationId, by: impl Into<ActorAt>) -> Result<(), Problem> {
    let actor_at = by.into();
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    let Some(waiting) = store::booking::waiting_list::of(work.read(), id).await? else { return Ok(()) };
    work.take_turns().await?;
    work.save(WithdrawnOffers(waiting.id)).await?;
    work.save(EndedWaiting(waiting.id, WaitingEndReason::Stopped)).await?;
    work.note(actor_at.actor, "空き待ちを終えました");
    heard(&mut work, actor_at.actor).await?;
    work.commit().await?;
    Ok(())
}

/// Accepts an offer for the company, also in its stead: its previous time is released and the new one booked, or neither.
pub async fn accept(app: &App, id: WaitingOfferId, by: Actor) -> Result<(), Problem> {
    let (mut work, held) = begin_offer(app, id).await?;
    if held.offer.state == WaitingOfferState::Accepted {
        return Ok(());
    }
    let slot = Slot::at(held.offer.starts_at).ok_or(Problem::SlotTaken)?;
    let offer = held.offer.clone().accept(work.now())?;
    let action = if work.appointment.is_some() { ActionKind::Reschedule } else { ActionKind::ChooseSlot };
    work.check(action, by)?;
    work.save(&offer).await?;
    work.save(ReleasedOffer(held.appointment)).await?;
    work.save(EndedWaiting(offer.waiting, WaitingEndReason::Accepted)).await?;
    // The time was outside the notice period when it was offered.
    let found = joint_in(&work, Actor::System, work.appointment.as_ref()).await?;
    match work.appointment.clone() {
        Some(booked) => move_booked(&mut work, by, booked, slot, &found).await?,
        None => book(&mut work, by, slot, &found).await?,
    }
    work.commit().await?;
    Ok(())
}

/// Declines an offer for the company, also in its stead; it stays on the waiting list. The next company is asked.
pub async fn decline(app: &App, id: WaitingOfferId, by: Actor) -> Result<(), Problem> {
    let (mut work, held) = begin_offer(app, id).await?;
    if held.offer.state == WaitingOfferState::Declined {
        return Ok(());
    }
    let offer = held.offer.decline(work.now())?;
    turn_down(&mut work, &offer, held.appointment, by, "見送られました").await?;
    heard(&mut work, by).await?;
    work.commit().await?;
    Ok(())
}

/// Ends the call of a company that has just said something by telephone: it has heard what there was to tell.
async fn heard(work: &mut CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    if by.represented().is_some() { settle(work, true, &[]).await } else { Ok(()) }
}

/// Ends an offer that the company has not answered in time.
pub async fn lapse(app: &App, id: WaitingOfferId) -> Result<(), Problem> {
    let (mut work, held) = begin_offer(app, id).await?;
    let Some(offer) = held.offer.lapse(work.now()) else { return Ok(()) };
    turn_down(&mut work, &offer, held.appointment, Actor::System, "回答がないまま期限を過ぎました").await?;
    work.commit().await?;
    Ok(())
}

/// The result of the search for a company to which a free time can be offered.
#[derive(Debug, Default)]
pub struct OfferSearch {
    /// Whether to search again: an offer was made, or the queue has changed during the search.
    pub again: bool,
    /// The entries of the waiting list for which the search failed. They were passed over.
    pub failed: Vec<(WaitingId, Problem)>,
}

/// Offers one free time to the first company in the queue, without the entries of `except`.
pub async fn offer_next(app: &App, except: &[Uuid]) -> Result<OfferSearch, Problem> {
    let mut search = OfferSearch::default();
    search.again = offer_one(app, except, &mut search.failed).await?;
    Ok(search)
}

async fn offer_one(
    app: &App,
    except: &[Uuid],
    failed: &mut Vec<(WaitingId, Problem)>,
) -> Result<bool, Problem> {
    let context = Context::of(app).await?;
    let Some(seen) = next(app, &app.db, &context, except, failed).await? else { return Ok(false) };
    let entry = seen.waiting.id;
    match offer_seen(app, seen, except, failed).await {
        Err(problem) if !matches!(problem, Problem::Unavailable(..)) => {
            failed.push((entry, problem));
            Ok(false)
        }
        other => other,
    }
}

/// Offers the time to the company, if both are still the next.
async fn offer_seen(
    app: &App,
    seen: Next,
    except: &[Uuid],
    failed: &mut Vec<(WaitingId, Problem)>,
) -> Result<bool, Problem> {
    let mut work = CaseTransaction::begin(app, seen.consultation).await?;
    work.take_turns().await?;
    // The time may have been taken, or another company may have moved ahead in the queue: then the queue is searched
    // again.
    match next(app, work.read(), &work.context, except, failed).await? {
        Some(it) if it.consultation == seen.consultation => make_offer(&mut work, it).await?,
        Some(_) => return Ok(true),
        None => return Ok(false),
    }
    work.commit().await?;
    Ok(true)
}

/// The company to be asked next, and the time to offer.
struct Next {
    consultation: ConsultationId,
    waiting: WaitingListEntry,
    slot: Slot,
    found: SlotOffers,
}

/// Returns the first company in the queue for which a time is free now. Skips companies that have an offer to answer,
/// have had the day's offer, or cannot move any more. Passes over entries that cannot be read, and adds them to
/// `failed`.
async fn next(
    app: &App,
    db: &impl ConnectionTrait,
    context: &Context,
    except: &[Uuid],
    failed: &mut Vec<(WaitingId, Problem)>,
) -> Result<Option<Next>, Problem> {
    let offered = store::booking::waiting_list::being_asked(db).await?;
    let queue = store::booking::waiting_list::queue(db, except).await?;
    failed.extend(queue.unreadable.into_iter().map(|(entry, err)| (entry, err.into())));
    for WaitingCompany { consultation, waiting } in queue.companies {
        if offered.contains(&waiting.id) {
            continue;
        }
        match time_for(app, db, context, consultation, &waiting).await {
            Ok(Some((slot, found))) => return Ok(Some(Next { consultation, waiting, slot, found })),
            Ok(None) => {}
            Err(fault @ Problem::Unavailable(..)) => return Err(fault),
            Err(problem) => failed.push((waiting.id, problem)),
        }
    }
    Ok(None)
}

/// Returns the time that can be offered to a company now, if there is one.
async fn time_for(
    app: &App,
    db: &impl ConnectionTrait,
    context: &Context,
    consultation: ConsultationId,
    waiting: &WaitingListEntry,
) -> Result<Option<(Slot, SlotOffers)>, Problem> {
    if !may_be_offered(app, db, consultation, context.now).await? {
        return Ok(None);
    }
    let Some(record) = store::consultation::find(db, consultation).await? else { return Ok(None) };
    let all = store::booking::appointment::of(db, consultation).await?;
    let booked = all.iter().find(|it| it.is_live());
    if booked.is_some_and(|it| limit(context, it) <= context.now) {
        return Ok(None);
    }
    // A time that was offered before, or that the company itself gave up, is not offered again.
    let mut known: BTreeSet<_> = all.iter().map(|it| it.starts_at).collect();
    let offers = store::booking::waiting_list::offers(db, waiting.id).await?;
    known.extend(offers.into_iter().map(|it| it.offer.starts_at));
    // The booked time stays until the company has answered.
    let found = joint_now(db, context, &record, Actor::Company, None).await?;
    let slot = waiting.choice(&free(&found), booked.map(|it| it.starts_at), &known);
    Ok(slot.map(|it| (it, found)))
}

async fn make_offer(work: &mut CaseTransaction<'_>, next: Next) -> Result<(), Problem> {
    let Next { consultation, waiting, slot, found } = next;
    let change_until = work
        .appointment
        .as_ref()
        .map(|it| change_until(it.starts_at, &work.context.settings, &work.context.calendar));
    let limit = change_until.unwrap_or(slot.start()).min(slot.start());
    let until = held_until(work.now(), limit, &work.context.settings, &work.context.calendar);
    let uid = Uuid::now_v7();
    let held = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Offer { consultation, waiting: waiting.id },
        state: AppointmentState::Held { until: Some(until) },
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode: AppointmentMode::wished(work.record.mode),
        place: String::new(),
        uid: work.app.calendar_uid(uid),
        sequence: 0,
        absent: None,
        makes_up: work.record.owed.is_some(),
        experts: work.accepted(),
    };
    let cells = found.cells(&held.experts, slot, &work.context.settings);
    work.save(NewAppointment(&held, &cells)).await?;
    let offer = WaitingOffer {
        id: WaitingOfferId(Uuid::now_v7()),
        waiting: waiting.id,
        starts_at: held.starts_at,
        until,
        state: WaitingOfferState::Open,
    };
    let kept = HeldOffer { offer: offer.clone(), appointment: held.id, offered_at: work.now() };
    work.save(&kept).await?;
    let key = offer_key(work.app, consultation, work.person.email.as_deref());
    work.save(CountedMail([key])).await?;
    let names = work.names(&held.experts);
    let answer = offer_link(work.app, &offer);
    let booked = work.appointment.as_ref().map(|it| it.starts_at);
    let event = MailEvent::EarlierTime {
        answer: &answer,
        appointment: appointment_text(&held, &names),
        booked,
        until,
    };
    if let Some(mail) = work.mail_company(event)? {
        mail.send_condition = Some(SendCondition::OfferStands { offer: offer.id });
    }
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

/// Returns the address at which a company answers an offer.
pub fn offer_link(app: &App, offer: &WaitingOffer) -> String {
    let token = app.secret.sign(Purpose::WaitingOffer, offer.id.0, offer.until + chrono::TimeDelta::days(30));
    app.site.earlier_time(&token)
}

/// Begins a change of the consultation of an offer, in turn, and loads the offer as it is then.
async fn begin_offer(app: &App, id: WaitingOfferId) -> Result<(CaseTransaction<'_>, HeldOffer), Problem> {
    let (consultation, _) =
        store::booking::waiting_list::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let work = CaseTransaction::begin(app, consultation).await?;
    work.take_turns().await?;
    let (_, held) = store::booking::waiting_list::find(work.read(), id).await?.ok_or(Problem::NotFound)?;
    Ok((work, held))
}

async fn turn_down(
    work: &mut CaseTransaction<'_>,
    offer: &WaitingOffer,
    held: AppointmentId,
    by: Actor,
    how: &str,
) -> Result<(), Problem> {
    work.save(offer).await?;
    work.save(TurnedDown(offer.waiting)).await?;
    work.save(ReleasedOffer(held)).await?;
    work.note(by, format!("空いた日時（{}）のご案内は、{how}", month_day_time(offer.starts_at)));
    Ok(())
}

fn free(found: &SlotOffers) -> Vec<Slot> {
    found.days().into_iter().flat_map(|(_, slots)| slots).collect()
}

fn limit(context: &Context, booked: &Appointment) -> DateTime<Utc> {
    change_until(booked.starts_at, &context.settings, &context.calendar)
}

/// Returns whether an offer may be made: an address gets one a day, whatever the number of its consultations, and so does a
/// company that is called.
async fn may_be_offered(
    app: &App,
    db: &impl ConnectionTrait,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let person = store::consultation::person(db, id).await?;
    let key = offer_key(app, id, person.and_then(|it| it.email).as_deref());
    Ok(store::correspondence::mail_budget::counted(db, &key, japan_date(now)).await? == 0)
}

/// Returns the key under which the offers of a day are counted.
fn offer_key(app: &App, id: ConsultationId, email: Option<&str>) -> String {
    match email {
        Some(it) => format!("earlier-time/{}", app.secret.pseudonym(&it.to_lowercase())),
        None => format!("earlier-time/call/{id}"),
    }
}
