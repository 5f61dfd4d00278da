//! Asks experts, and carries out what their answers lead to (`docs/spec/lifecycle.md` §2 and §4).
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentState},
        availability::Slot,
        notice::heard_by,
    },
    calendar::japan_date,
    consultation::{Action, ActionKind, State},
    field::Fields,
    id::{AccountId, AssignmentId, ConsultationId, ExpertId},
    number::FiscalYear,
    routing::assignment::{Assignment, AssignmentState},
};
use sea_orm::ConnectionTrait;

use super::{
    presence::{is_there, is_there_on},
    replacement::give_back_choice,
    requests::{
        accepted_among, ask, drop_stale_hold, held_slot, may_ask_for, named, offers_for_held, open_fields,
        search, turned_down, withdraw_unanswered,
    },
};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, TimeNews, WhyBack},
    ops::{
        booking::{
            notices::{
                TIME_LOST, appointment_text, cancel_invitation, notify_booked, notify_experts_cancelled,
                notify_hand_over_accepted, notify_released, notify_slots_to_choose, plan_hold_warning,
                plan_reminders,
            },
            slot_offers::{SlotOffers, TeamMember},
            substitute,
        },
        case::{
            context::Context,
            save::{ActiveAccount, MovedAppointment},
            transaction::CaseTransaction,
        },
    },
    problem::Problem,
    store::{
        self,
        consultation::{Origin, Record},
    },
};

/// Asks one expert, or one for each field that no expert has accepted, on behalf of a coordinator.
pub async fn request(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: Actor,
    experts: &[ExpertId],
) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    work.check(ActionKind::RequestExperts, by)?;
    if let Some(released) = drop_stale_hold(&mut work).await? {
        notify_released(&mut work, &released)?;
    }
    let slot = held_slot(&work);
    if slot.is_some_and(|it| !may_ask_for(&work, it)) {
        return Err(Problem::Refused(TOO_NEAR.to_owned()));
    }
    let fields = open_fields(work.record.wanted_fields(), &work.assignments);
    let accepted = accepted_among(&work.assignments);
    let found = search(&work, fields, accepted.clone()).await?;
    let team = chosen(&found, experts, fields, slot)?;
    let names = named(&work, &team);
    if accepted.is_empty() {
        ask(&mut work, &found, team, slot).await?;
    } else {
        // The time is kept for those who have accepted too.
        let whole = search(&work, work.record.wanted_fields(), BTreeSet::new()).await?;
        ask(&mut work, &whole, team, slot).await?;
    }
    notify_hand_over_accepted(&mut work).await?;
    work.act(Action::RequestExperts, by, Some(names))?;
    work.commit().await?;
    Ok(())
}

const TOO_NEAR: &str = "仮予約の日時が近いため、専門家の回答を待つと、企業へのお知らせが間に合いません。仮予約を解除し、日時を選び直してもらってください。";

/// Asks the best-ranked team for the held slot, if there is one and an answer can come in time: `automatic` routing does
/// so once the address is confirmed. Returns whether an expert was asked.
pub async fn request_best(work: &mut CaseTransaction<'_>) -> Result<bool, Problem> {
    let slot = held_slot(work).filter(|it| may_ask_for(work, *it));
    let Some(slot) = slot.filter(|_| accepted_among(&work.assignments).is_empty()) else { return Ok(false) };
    if is_used_up(work, slot).await? {
        work.note(Actor::System, USED_UP);
        return Ok(false);
    }
    let found = search(work, work.record.wanted_fields(), turned_down(&work.assignments)).await?;
    // On a consultation day the company has chosen a time of these experts.
    let of_day = (work.record.origin == Origin::Event).then(|| held_team(work, &found, slot)).flatten();
    let Some(team) = of_day.or_else(|| found.teams(Some(slot)).next()) else { return Ok(false) };
    let names = named(work, &team);
    ask(work, &found, team, Some(slot)).await?;
    notify_hand_over_accepted(work).await?;
    work.act(Action::RequestExperts, Actor::System, Some(names))?;
    Ok(true)
}

/// The history's note of a consultation for which no expert is asked by itself because of the yearly cap.
const USED_UP: &str =
    "今年度の相談が上限の回数に達しているため、専門家に依頼するかは、センターの判断を待ちます";

/// Returns whether the company has had or booked as many appointments as it may have in the fiscal year of the slot: whether
/// it gets another one is decided by a coordinator.
async fn is_used_up(work: &CaseTransaction<'_>, slot: Slot) -> Result<bool, Problem> {
    let year = FiscalYear::of(japan_date(slot.start())).map_err(anyhow::Error::from)?;
    let had = store::intake::company::appointments_in(work.read(), &work.record, year).await?;
    Ok(had >= work.context.settings.appointment_cap)
}

/// Returns the team whose time is held, if it can still take the appointment.
fn held_team(work: &CaseTransaction<'_>, found: &SlotOffers, slot: Slot) -> Option<Vec<TeamMember>> {
    found.team_of(&work.appointment.as_ref()?.experts, Some(slot))
}

/// Accepts a request: its expert does, or a coordinator in the expert's stead.
pub async fn accept(app: &App, id: AssignmentId, by: impl Into<Actor>) -> Result<(), Problem> {
    let by = by.into();
    let mut work = begin_answer(app, id, Some(by)).await?;
    accept_in(&mut work, id, by).await?;
    work.commit().await?;
    Ok(())
}

/// Accepts a request, as part of another operation.
pub async fn accept_in(work: &mut CaseTransaction<'_>, id: AssignmentId, by: Actor) -> Result<(), Problem> {
    let assignment = mine(work, id)?;
    let profile = work.context.experts.get(assignment.expert);
    // The copy of the experts may be older than the end of the account.
    if !profile.is_some_and(|it| it.active)
        || work.lock(ActiveAccount(AccountId(assignment.expert.0))).await?.is_none()
    {
        return Err(Problem::Refused("利用を停止している専門家は、依頼を引き受けられません。".to_owned()));
    }
    let expert = assignment.expert;
    let can_come = match work.appointment.as_ref().filter(|it| !it.has_expired(work.now())) {
        Some(time) => is_there_on(&work.context, expert, time.starts_at),
        None => is_there(&work.context, expert),
    };
    if !can_come {
        return Err(Problem::Refused(ABSENT.to_owned()));
    }
    if assignment.is_asked_instead() {
        return substitute::accept(work, assignment, by).await;
    }
    work.check(ActionKind::Accept, by)?;
    work.save_assignment(assignment.accept(work.now())?).await?;
    drop_stale_hold(work).await?;
    let still_open = work.still_open();
    let held = work.appointment.clone().filter(|_| still_open.is_none());
    work.act(Action::Accept { still_open, slot_held: held.is_some() }, by, None)?;
    match (still_open, held) {
        (Some(_), _) => {}
        (None, Some(held)) => confirm(work, held).await?,
        // The company chooses among the joint free slots.
        (None, None) => let_choose(work).await?,
    }
    Ok(())
}

/// The refusal of an acceptance for a time at which a recorded absence says that the expert will not be there.
const ABSENT: &str = "この依頼の日時には、不在の登録があります。不在の登録を取り消してから引き受けるか、依頼を断ってください。";

/// Asks the company to choose a time. If another expert of the team has left for all days that it could choose, the center
/// asks others instead.
async fn let_choose(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if give_back_choice(work).await? {
        return Ok(());
    }
    notify_slots_to_choose(work)
}

/// Declines a request with a reason for the center: its expert does, or a coordinator in the expert's stead.
pub async fn decline(
    app: &App,
    id: AssignmentId,
    by: impl Into<Actor>,
    reason: String,
) -> Result<(), Problem> {
    let by = by.into();
    let mut work = begin_answer(app, id, Some(by)).await?;
    if let Some(left) = decline_in(&mut work, id, by, reason).await? {
        // The expert's calendar program does not know of an answer that was given elsewhere.
        let names = work.names(&left.experts);
        let expert = mine(&work, id)?.expert;
        work.mail_expert(
            expert,
            MailEvent::RequestDeclined { appointment: appointment_text(&left, &names) },
        )?;
    }
    work.commit().await?;
    Ok(())
}

/// Declines a request, as part of another operation. Returns the appointment whose invitation to the expert is
/// cancelled by this.
pub async fn decline_in(
    work: &mut CaseTransaction<'_>,
    id: AssignmentId,
    by: Actor,
    reason: String,
) -> Result<Option<Appointment>, Problem> {
    let assignment = mine(work, id)?;
    if assignment.is_asked_instead() {
        let declined = assignment.decline(reason, work.now())?;
        return substitute::turn_down(work, declined, by).await;
    }
    work.check(ActionKind::Decline, by)?;
    let declined = assignment.decline(reason.clone(), work.now())?;
    let (fields, expert) = (declined.fields, declined.expert);
    work.save_assignment(declined).await?;
    let left = part_from_held(work, expert).await?;
    Box::pin(request_next(work, by, fields, reason)).await?;
    Ok(left)
}

/// Ends a request that its expert has not answered in time, together with the other requests of the consultation that
/// are as late. Does nothing for a request that has ended meanwhile.
pub async fn lapse(app: &App, id: AssignmentId) -> Result<(), Problem> {
    let mut work = begin_answer(app, id, None).await?;
    let assignment = mine(&work, id)?;
    if assignment.state != AssignmentState::Offered {
        return Ok(());
    }
    if assignment.is_asked_instead() {
        let lapsed = assignment.lapse(work.now())?;
        let expert = lapsed.expert;
        let left = substitute::turn_down(&mut work, lapsed, Actor::System).await?;
        notify_lapsed(&mut work, expert, left.as_ref())?;
        work.commit().await?;
        return Ok(());
    }
    work.check(ActionKind::Decline, Actor::System)?;
    let mut fields = assignment.fields;
    let mut names = Vec::new();
    let is_as_late = |it: &&Assignment| it.state == AssignmentState::Offered && it.due_at <= work.now();
    let mut late: Vec<_> =
        work.assignments.iter().filter(is_as_late).filter(|it| !it.is_asked_instead()).cloned().collect();
    late.sort_by_key(|it| it.id != id);
    for it in late {
        let lapsed = it.lapse(work.now())?;
        let expert = lapsed.expert;
        fields = fields.union(lapsed.fields);
        names.push(format!("{}さん", work.context.experts.name(expert)));
        work.save_assignment(lapsed).await?;
        let left = part_from_held(&mut work, expert).await?;
        notify_lapsed(&mut work, expert, left.as_ref())?;
    }
    Box::pin(request_next(&mut work, Actor::System, fields, names.join("、"))).await?;
    work.commit().await?;
    Ok(())
}

/// Cancels the invitation to the held appointment for an expert who was asked for it. Returns the appointment as the
/// cancellation shows it.
async fn part_from_held(
    work: &mut CaseTransaction<'_>,
    expert: ExpertId,
) -> Result<Option<Appointment>, Problem> {
    match work.appointment.clone().filter(|it| it.experts.contains(&expert)) {
        Some(held) => Ok(Some(cancel_invitation(work, held, expert).await?)),
        None => Ok(None),
    }
}

fn notify_lapsed(
    work: &mut CaseTransaction<'_>,
    expert: ExpertId,
    left: Option<&Appointment>,
) -> Result<(), Problem> {
    let names = left.map(|it| work.names(&it.experts)).unwrap_or_default();
    let slot = left.map(|it| appointment_text(it, &names));
    work.mail_expert(expert, MailEvent::RequestLapsed { slot })?;
    Ok(())
}

/// Returns the experts who could be asked for a consultation, for the slot that is held for it if there is one. A
/// snapshot to choose from.
pub async fn candidates(app: &App, record: &Record) -> Result<(SlotOffers, Option<Slot>), Problem> {
    let wanted = record.wanted_fields();
    offers_for_held(app, record, |all| (open_fields(wanted, all), accepted_among(all))).await
}

/// Returns the fields for which experts are to be asked: those that no expert has accepted.
pub async fn fields_to_ask(db: &impl ConnectionTrait, record: &Record) -> Result<Fields, Problem> {
    let assignments = store::routing::assignment::of(db, record.consultation.id).await?;
    Ok(open_fields(record.wanted_fields(), &assignments))
}

/// Goes on with the experts who have accepted, if they cover every field that is left and no other expert is asked: the time
/// that is held for them is booked, or the company chooses one. Returns whether it did. The caller notifies all readers.
pub async fn settle(work: &mut CaseTransaction<'_>, by: Actor) -> Result<bool, Problem> {
    let accepted = work.accepted();
    let is_covered = work.still_open().is_none() && work.live().all(Assignment::is_accepted);
    if accepted.is_empty() || !is_covered || work.check(ActionKind::SettleTeam, by).is_err() {
        return Ok(false);
    }
    let now = work.now();
    let is_theirs = |it: &Appointment| {
        !it.has_expired(now) && it.starts_at > now && it.experts.iter().all(|it| accepted.contains(it))
    };
    let held = work.appointment.clone().filter(is_theirs);
    work.act(Action::SettleTeam { slot_held: held.is_some() }, by, None)?;
    if let Some(held) = held {
        let confirmed = held.confirm()?;
        work.save(&confirmed).await?;
        work.appointment = Some(confirmed);
    } else if let Some(stale) = work.appointment.take() {
        work.save(&stale.release()?).await?;
    }
    Ok(true)
}

/// Goes on as `settle` does after the company has answered a question, and notifies all readers.
pub async fn settle_after_answer(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if !settle(work, Actor::System).await? {
        return Ok(());
    }
    match work.appointment.clone() {
        Some(booked) => {
            notify_booked(work, &booked)?;
            plan_reminders(work, &booked)
        }
        None => let_choose(work).await,
    }
}

async fn begin_answer(
    app: &App,
    id: AssignmentId,
    by: Option<Actor>,
) -> Result<CaseTransaction<'_>, Problem> {
    let found = store::routing::assignment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    if by.is_some_and(|it| it.principal() != Actor::Expert(found.expert)) {
        return Err(Problem::NotFound);
    }
    CaseTransaction::begin(app, found.consultation).await
}

fn mine(work: &CaseTransaction<'_>, id: AssignmentId) -> Result<Assignment, Problem> {
    work.assignments.iter().find(|it| it.id == id).cloned().ok_or(Problem::NotFound)
}

/// Returns the experts that a coordinator picked, as a team that covers every field once.
fn chosen(
    found: &SlotOffers,
    experts: &[ExpertId],
    fields: Fields,
    slot: Option<Slot>,
) -> Result<Vec<TeamMember>, Problem> {
    found.team_of(experts, slot).ok_or_else(|| {
        let both = if fields == Fields::Both {
            "ICTと労務管理の両方を担当できる組合せで、"
        } else {
            ""
        };
        Problem::Refused(format!(
            "選んだ専門家には、この日時・分野で依頼できません。{both}候補の中から選んでください。"
        ))
    })
}

/// Confirms the held appointment, after all its experts have accepted.
async fn confirm(work: &mut CaseTransaction<'_>, held: Appointment) -> Result<(), Problem> {
    let confirmed = held.confirm()?;
    work.save(&confirmed).await?;
    notify_booked(work, &confirmed)?;
    plan_reminders(work, &confirmed)?;
    work.appointment = Some(confirmed);
    Ok(())
}

/// Asks the next candidates after a refusal, for the same slot if there is one, or gives the consultation back to the
/// center: if no expert is left to ask, or if an answer could not come before the company has to hear.
async fn request_next(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    fields: Fields,
    note: String,
) -> Result<(), Problem> {
    let slot = held_slot(work);
    let time_wished = work.appointment.is_some();
    // The time of a slot may have passed while experts were asked.
    let is_in_time = slot.map_or(!time_wished, |it| may_ask_for(work, it));
    let takes_long = !time_wished && has_waited_long(work);
    if is_in_time && !takes_long {
        let mut excluded = turned_down(&work.assignments);
        excluded.extend(work.live().map(|it| it.expert));
        let found = search(work, fields, excluded).await?;
        let next = found.teams(slot).next();
        if let Some(team) = next {
            let whole = search(work, work.record.wanted_fields(), BTreeSet::new()).await?;
            let names = named(work, &team);
            ask(work, &whole, team, slot).await?;
            work.act(Action::Decline { next_candidate: true }, by, Some(note))?;
            work.note(Actor::System, format!("次の候補に依頼しました：{names}"));
            return Ok(());
        }
    }
    work.act(Action::Decline { next_candidate: false }, by, Some(note))?;
    let why = match (time_wished, is_in_time) {
        _ if !work.accepted().is_empty() => WhyBack::PartOpen,
        (true, true) => WhyBack::NobodyForTime,
        (true, false) => WhyBack::TimeTooNear,
        (false, _) if takes_long => WhyBack::TakesLong,
        (false, _) => WhyBack::NobodyLeft,
    };
    let wished = work.appointment.clone();
    Box::pin(give_back(work, slot.filter(|_| is_in_time))).await?;
    let news = if work.appointment.is_some() { TimeNews::Kept } else { TimeNews::Released };
    let portal = work.portal()?;
    let time = wished.as_ref().map(|it| (appointment_text(it, &[]), news));
    work.mail_company(MailEvent::BackAtCenter { portal: &portal, why, time })?;
    work.mail_center(MailEvent::NobodyLeft)?;
    Ok(())
}

/// Returns whether experts have been asked for as many business days as a case may wait before it is shown to the center.
/// Then the service asks no further ones by itself.
fn has_waited_long(work: &CaseTransaction<'_>) -> bool {
    let Context { settings, calendar, now, .. } = &work.context;
    let consultation = &work.record.consultation;
    let shown_on = calendar.add_business_days(japan_date(consultation.state_since), settings.stalled_days);
    consultation.state == State::Matching && shown_on <= japan_date(*now)
}

/// Withdraws the requests that are not answered. An acceptance stands, and so does `slot` for the experts who have
/// accepted it, until the company has to hear of it.
async fn give_back(work: &mut CaseTransaction<'_>, slot: Option<Slot>) -> Result<(), Problem> {
    let appointment = work.appointment.take();
    withdraw_unanswered(work, appointment.as_ref()).await?;
    let Some(held) = appointment else { return Ok(()) };
    let accepted = work.accepted();
    let Some(slot) = slot.filter(|_| !accepted.is_empty()) else {
        let released = held.release()?;
        work.save(&released).await?;
        let experts = released.experts.iter().copied().filter(|it| accepted.contains(it)).collect();
        return notify_experts_cancelled(work, &Appointment { experts, ..released }, TIME_LOST, (None, &[]));
    };
    work.appointment = Some(held.clone());
    let found = search(work, work.record.wanted_fields(), BTreeSet::new()).await?;
    let cells = found.cells(&accepted, slot, &work.context.settings);
    let until = heard_by(slot.start(), &work.context.settings, &work.context.calendar);
    let place = held.place.clone();
    let kept = held.keep_for(accepted, place)?;
    let kept = Appointment { state: AppointmentState::Held { until: Some(until) }, ..kept };
    work.save(MovedAppointment(&kept, &cells)).await?;
    plan_hold_warning(work, &kept)?;
    work.appointment = Some(kept);
    Ok(())
}
