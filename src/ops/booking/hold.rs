//! The time that is kept for an application before experts are asked: it is taken again after it was released, chosen
//! anew by the company, and kept for the center.
use chrono::NaiveDate;
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentState, Owner},
        availability::{Day, Slot},
        notice::{heard_by, hold_until},
    },
    calendar::japan_date,
    consultation::{ActionKind, Consultation},
    due::Due,
    id::{AppointmentId, ConsultationId},
    settings::RoutingMode,
    wording::long_date_time_range,
};
use uuid::Uuid;

use super::{
    notices::{appointment_text, notify_experts_cancelled, notify_released, plan_hold_warning},
    slot_offers::{SearchAim, SlotOffers, SlotSearch},
};
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        case::{actor::ActorAt, context::Context, save::NewAppointment, transaction::CaseTransaction},
        consultation::to_call::settle,
        routing::{
            assignment::request_best,
            requests::{search_for, turned_down},
        },
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// Returns the times that the company can choose for its application.
pub async fn offers(app: &App, record: &Record) -> Result<SlotOffers, Problem> {
    let context = Context::of(app).await?;
    let id = record.consultation.id;
    let assignments = store::routing::assignment::of(&app.db, id).await?;
    let themes = store::consultation::themes(&app.db, id).await?;
    let search = search_for(record, None, themes, record.wanted_fields(), turned_down(&assignments));
    context.offers(&app.db, SlotSearch { aim: SearchAim::List, ..for_company(search) }).await
}

/// Returns whether the company can choose a time for its application now. Skips the queries if it cannot in any case.
pub async fn may_choose(app: &App, it: &Consultation) -> Result<bool, Problem> {
    if !it.may_choose_time(&[], &[]) {
        return Ok(false);
    }
    let appointments = store::booking::appointment::of(&app.db, it.id).await?;
    let assignments = store::routing::assignment::of(&app.db, it.id).await?;
    Ok(it.may_choose_time(&appointments, &assignments))
}

/// Keeps the time that the company chooses for its application, or that a coordinator records in its stead. The best expert
/// is asked at once if the address is confirmed and routing is automatic.
pub async fn choose(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    slot: Slot,
) -> Result<(), Problem> {
    let actor_at = by.into();
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    if !work.record.consultation.may_choose_time(work.appointment.as_slice(), &work.assignments) {
        return Err(Problem::Refused("いまは、日時を選ぶ必要はありません。".to_owned()));
    }
    if !Box::pin(take(&mut work, slot, None)).await? {
        return Err(Problem::SlotTaken);
    }
    let when = work.appointment.as_ref().map(|it| long_date_time_range(it.starts_at, it.ends_at));
    work.note(actor_at.actor, format!("希望の日時を選び直しました：{}", when.unwrap_or_default()));
    if actor_at.actor.represented().is_some() {
        // The company was on the telephone, so that it has heard what there was to tell.
        settle(&mut work, true, &[]).await?;
    }
    Box::pin(ask_or_keep(&mut work)).await?;
    work.commit().await?;
    Ok(())
}

/// Takes the time again that was released before the address was confirmed, if it is still free and can still take place.
pub async fn take_again(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let now = work.now();
    if !work.record.consultation.state.is_before_routing() || work.live().next().is_some() {
        return Ok(());
    }
    let context = &work.context;
    let in_time = |it: &Appointment| {
        // The day may have become a closing day since.
        context.calendar.is_open(japan_date(it.starts_at))
            && now < heard_by(it.starts_at, &context.settings, &context.calendar)
    };
    if let Some(held) = work.appointment.clone() {
        // The hold has run out and is not released yet: its quarter hours are still taken.
        if held.has_expired(now) && in_time(&held) {
            let kept = renewed(held, context);
            work.save(&kept).await?;
            work.appointment = Some(kept);
        }
        return Ok(());
    }
    let all = store::booking::appointment::of(work.read(), work.record.consultation.id).await?;
    let lost = all.into_iter().next_back();
    let lost = lost.filter(|it| it.state == AppointmentState::Released && in_time(it));
    let Some((lost, slot)) = lost.and_then(|it| Slot::at(it.starts_at).map(|slot| (it, slot))) else {
        return Ok(());
    };
    let was = long_date_time_range(lost.starts_at, lost.ends_at);
    let note = if Box::pin(take(work, slot, Some(&lost))).await? {
        format!("解除した日時をもう一度押さえました：{was}")
    } else {
        format!("解除した日時は、ほかの予約で埋まっていました：{was}")
    };
    work.note(Actor::System, note);
    Ok(())
}

/// The reason that experts are given when a time that they know is on a new closing day.
const DAY_CLOSED: &str = "センターの休業日になったため、日時を選び直します。担当は、そのままです。";

/// Releases the time that is held on a day which has become a closing day. The company is told, and so are the experts who
/// were asked for the time; their requests go on without one. Returns whether a time was held.
pub async fn release_closed(work: &mut CaseTransaction<'_>, date: NaiveDate) -> Result<bool, Problem> {
    let is_held = |it: &mut Appointment| !it.is_confirmed() && japan_date(it.starts_at) == date;
    let Some(held) = work.appointment.take_if(is_held) else { return Ok(false) };
    let released = held.release()?;
    work.save(&released).await?;
    notify_released(work, &released)?;
    let accepted = work.accepted();
    let experts = released.experts.iter().copied().filter(|it| accepted.contains(it)).collect();
    let known = Appointment { experts, ..released.clone() };
    notify_experts_cancelled(work, &known, DAY_CLOSED, (None, &[]))?;
    Box::pin(tell_asked(work, &released)).await?;
    let was = long_date_time_range(released.starts_at, released.ends_at);
    work.note(Actor::System, format!("休業日になったため、仮予約を解除しました：{was}"));
    Ok(true)
}

/// Tells the experts who are only asked that their request goes on without the time, and until when they answer. They know
/// nothing of the company.
async fn tell_asked(work: &mut CaseTransaction<'_>, released: &Appointment) -> Result<(), Problem> {
    let open: Vec<_> = work.live().filter(|it| !it.is_accepted()).cloned().collect();
    for request in open {
        // The closing day moves the deadline of the request too.
        let due = store::routing::assignment::deadline(work.read(), request.id).await?;
        let moved = due.and_then(|it| it.moved(&work.context.settings, &work.context.calendar, None));
        let due_at = moved.and_then(|it| it.at()).map_or(request.due_at, |it| it.max(request.due_at));
        let names = work.names(&released.experts);
        let (answer, slot) = (work.answer_link(request.id), appointment_text(released, &names));
        let event = MailEvent::RequestTimeLost { answer: &answer, fields: request.fields, slot, due_at };
        work.mail_expert(request.expert, event)?;
    }
    Ok(())
}

/// Asks the best expert for the time that is kept, or keeps it for the center.
pub async fn ask_or_keep(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let automatic = work.context.settings.routing == RoutingMode::Automatic;
    let is_requested = automatic
        && work.record.consultation.address_confirmed
        && work.check(ActionKind::RequestExperts, Actor::System).is_ok()
        && Box::pin(request_best(work)).await?;
    if !is_requested && work.record.consultation.address_confirmed {
        Box::pin(keep_for_center(work)).await?;
    }
    Ok(())
}

/// Keeps the time of an application with a confirmed address as long as the company can hear of it in time, so that the
/// center can decide.
async fn keep_for_center(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    let now = work.now();
    let Some(held) = work.appointment.take_if(|it| it.held_until().is_some() && !it.has_expired(now)) else {
        return Ok(());
    };
    let until = heard_by(held.starts_at, &work.context.settings, &work.context.calendar);
    if until <= now {
        let released = held.release()?;
        work.save(&released).await?;
        work.note(Actor::System, "日時が近く、専門家の回答を待てないため、仮予約を解除しました");
        return notify_released(work, &released);
    }
    let kept = Appointment { state: AppointmentState::Held { until: Some(until) }, ..held };
    work.save(&kept).await?;
    plan_hold_warning(work, &kept)?;
    work.appointment = Some(kept);
    Ok(())
}

/// Holds a slot with the best team that is free then; `lost` is the appointment that had it before. Returns whether there
/// is such a team.
async fn take(
    work: &mut CaseTransaction<'_>,
    slot: Slot,
    lost: Option<&Appointment>,
) -> Result<bool, Problem> {
    let id = work.record.consultation.id;
    let themes = store::consultation::themes(work.read(), id).await?;
    let excluded = turned_down(&work.assignments);
    let search = search_for(&work.record, lost, themes, work.record.wanted_fields(), excluded);
    // The same time may be within the period of notice by now.
    let search = SlotSearch { overridden: lost.is_some(), ..for_company(search) };
    let mode = search.mode;
    let found = work.offers(search).await?;
    if !found.has(slot) {
        return Ok(false);
    }
    let Some(team) = found.teams(Some(slot)).next() else { return Ok(false) };
    let uid = Uuid::now_v7();
    let held = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Consultation(id),
        state: AppointmentState::Held { until: None },
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode,
        experts: team.into_iter().map(|it| it.expert).collect(),
        place: String::new(),
        uid: work.app.calendar_uid(uid),
        sequence: 0,
        absent: None,
        makes_up: work.record.owed.is_some(),
    };
    let held = renewed(held, &work.context);
    if held.has_expired(work.now()) {
        return Ok(false);
    }
    let cells = found.cells(&held.experts, slot, &work.context.settings);
    work.save(NewAppointment(&held, &cells)).await?;
    if !work.record.consultation.address_confirmed {
        plan_hold_warning(work, &held)?;
    }
    let Context { settings, calendar, now, .. } = &work.context;
    let earlier = |due: Due| due.before_appointment(settings, calendar, *now, held.starts_at);
    work.record.due = work.record.due.take().map(earlier);
    work.appointment = Some(held);
    Ok(true)
}

/// Returns the appointment held from now on, as that of a new application.
pub fn renewed(held: Appointment, context: &Context) -> Appointment {
    let Context { settings, calendar, now, .. } = context;
    let until = hold_until(*now, settings.unconfirmed_hold_hours, held.starts_at, settings, calendar);
    Appointment { state: AppointmentState::Held { until: Some(until) }, ..held }
}

/// Returns the search with the times that a company can choose.
fn for_company(search: SlotSearch) -> SlotSearch {
    SlotSearch { starts: Day::HALF_HOURS, overridden: false, moving: None, ..search }
}
