//! Asking experts, and what their answers lead to (`docs/spec/lifecycle.md` §2 and §4).
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{
    actor::Actor,
    appointment::{Appointment, SessionMode},
    assignment::{Assignment, AssignmentState},
    availability::{Day, Slot},
    company::Headcount,
    consultation::{Act, Deed},
    due::Due,
    field::Fields,
    id::{AssignmentId, ConsultationId, ExpertId},
    routing::ThemeCode,
};
use uuid::Uuid;

use super::{
    appointment::plan_reminders,
    offers::{Aim, Member, Offers, Search, offers},
    parting::part,
    substitute,
    work::{Ground, Work, sitting},
};
use crate::{
    app::App,
    mail::{
        letter::{Letter, MustHold},
        occasion::Occasion,
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// A coordinator asks one expert, or one for each field.
pub async fn request(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: Actor,
    experts: &[ExpertId],
) -> Result<(), Problem> {
    let mut work = Work::begin_at(app, id, version).await?;
    work.check(Deed::RequestExperts, by)?;
    drop_stale_hold(&mut work).await?;
    let slot = held_slot(&work);
    let found = search(&work, work.record.consultation.fields, BTreeSet::new()).await?;
    let team = chosen(&found, experts, work.record.consultation.fields, slot)?;
    ask(&mut work, &found, team, slot).await?;
    work.act(Act::RequestExperts, by, None)?;
    work.commit().await?;
    Ok(())
}

/// Asks the best-ranked team for the held slot, if there is one: what `automatic` routing does once the address is
/// confirmed. Says whether anybody was asked.
pub async fn request_best(work: &mut Work<'_>) -> Result<bool, Problem> {
    let Some(slot) = held_slot(work) else { return Ok(false) };
    let found = search(work, work.record.consultation.fields, BTreeSet::new()).await?;
    let Some(team) = found.teams(Some(slot)).next() else { return Ok(false) };
    ask(work, &found, team, Some(slot)).await?;
    work.act(Act::RequestExperts, Actor::System, None)?;
    Ok(true)
}

/// An expert takes the request on.
pub async fn accept(app: &App, id: AssignmentId, by: ExpertId) -> Result<(), Problem> {
    let mut work = take_up(app, id, Some(by)).await?;
    accept_in(&mut work, id, by).await?;
    work.commit().await?;
    Ok(())
}

/// The same as a part of something larger.
pub async fn accept_in(work: &mut Work<'_>, id: AssignmentId, by: ExpertId) -> Result<(), Problem> {
    let assignment = mine(work, id)?;
    if assignment.is_asked_instead() {
        return substitute::accept(work, assignment).await;
    }
    work.check(Deed::Accept, Actor::Expert(by))?;
    work.save_assignment(assignment.accept(work.now)?).await?;
    drop_stale_hold(work).await?;
    let still_open = work.still_open();
    let held = work.appointment.clone().filter(|_| still_open.is_none());
    work.act(Act::Accept { still_open, slot_held: held.is_some() }, Actor::Expert(by), None)?;
    match (still_open, held) {
        (Some(_), _) => {}
        (None, Some(held)) => confirm(work, held).await?,
        (None, None) => offer_slots(work)?,
    }
    Ok(())
}

/// An expert declines, with a reason for the center.
pub async fn decline(app: &App, id: AssignmentId, by: ExpertId, reason: String) -> Result<(), Problem> {
    let mut work = take_up(app, id, Some(by)).await?;
    if let Some(left) = decline_in(&mut work, id, by, reason).await? {
        // No calendar program knows of an answer that was given elsewhere.
        let names = work.names(&left.experts);
        let letter = work.to_expert(by, Occasion::RequestDeclined { sitting: sitting(&left, &names) })?;
        work.post(letter);
    }
    work.commit().await?;
    Ok(())
}

/// The same as a part of something larger. Gives the sitting that the expert was invited to and has left with it.
pub async fn decline_in(
    work: &mut Work<'_>,
    id: AssignmentId,
    by: ExpertId,
    reason: String,
) -> Result<Option<Appointment>, Problem> {
    let assignment = mine(work, id)?;
    if assignment.is_asked_instead() {
        let declined = assignment.decline(reason, work.now)?;
        return substitute::turn_down(work, declined, Actor::Expert(by)).await;
    }
    work.check(Deed::Decline, Actor::Expert(by))?;
    let declined = assignment.decline(reason.clone(), work.now)?;
    let fields = declined.fields;
    work.save_assignment(declined).await?;
    let left = part_from_held(work, by).await?;
    go_on(work, Actor::Expert(by), fields, reason).await?;
    Ok(left)
}

/// An expert has not answered in time.
pub async fn lapse(app: &App, id: AssignmentId) -> Result<(), Problem> {
    let mut work = take_up(app, id, None).await?;
    let assignment = mine(&work, id)?;
    if assignment.is_asked_instead() {
        let lapsed = assignment.lapse(work.now)?;
        let expert = lapsed.expert;
        let left = substitute::turn_down(&mut work, lapsed, Actor::System).await?;
        tell_lapsed(&mut work, expert, left.as_ref())?;
        work.commit().await?;
        return Ok(());
    }
    work.check(Deed::Decline, Actor::System)?;
    let lapsed = assignment.lapse(work.now)?;
    let (fields, expert) = (lapsed.fields, lapsed.expert);
    work.save_assignment(lapsed).await?;
    let left = part_from_held(&work, expert).await?;
    tell_lapsed(&mut work, expert, left.as_ref())?;
    go_on(&mut work, Actor::System, fields, "回答期限を過ぎました".to_owned()).await?;
    work.commit().await?;
    Ok(())
}

/// What is held goes on without an expert who was asked for it.
async fn part_from_held(work: &Work<'_>, expert: ExpertId) -> Result<Option<Appointment>, Problem> {
    match work.appointment.clone().filter(|it| it.experts.contains(&expert)) {
        Some(held) => Ok(Some(part(work, held, expert).await?)),
        None => Ok(None),
    }
}

fn tell_lapsed(work: &mut Work<'_>, expert: ExpertId, left: Option<&Appointment>) -> Result<(), Problem> {
    let names = left.map(|it| work.names(&it.experts)).unwrap_or_default();
    let slot = left.map(|it| sitting(it, &names));
    let letter = work.to_expert(expert, Occasion::RequestLapsed { slot })?;
    work.post(letter);
    Ok(())
}

/// Who could be asked for a consultation, for the slot that is held for it if one is. A snapshot to choose from.
pub async fn candidates(app: &App, record: &Record) -> Result<(Offers, Option<Slot>), Problem> {
    let ground = Ground::of(app).await?;
    let id = record.consultation.id;
    let held = store::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_live);
    let themes = store::consultation::themes(&app.db, id).await?;
    let search = search_for(record, held.as_ref(), themes, record.consultation.fields, BTreeSet::new());
    let settings = ground.programme.settings_at(ground.now);
    let calendar = ground.programme.calendar(ground.now);
    let found = offers(&app.db, &ground.experts, settings, &calendar, ground.now, search).await?;
    let slot = held.filter(|it| !it.has_expired(ground.now)).and_then(|it| Slot::at(it.starts_at));
    Ok((found, slot))
}

/// What is searched for on behalf of a consultation. The time may be nearer than companies can book: it was chosen
/// earlier, or a coordinator decides.
pub async fn search(
    work: &Work<'_>,
    fields: Fields,
    excluded: BTreeSet<ExpertId>,
) -> Result<Offers, Problem> {
    store::appointment::take_turns(&work.tx).await?;
    let themes = store::consultation::themes(&work.tx, work.record.consultation.id).await?;
    let search = search_for(&work.record, work.appointment.as_ref(), themes, fields, excluded);
    Ok(offers(&work.tx, &work.experts, &work.settings, &work.calendar, work.now, search).await?)
}

/// Everyone who has declined this consultation or let a request lapse.
pub fn turned_down(assignments: &[Assignment]) -> BTreeSet<ExpertId> {
    let no = |it: &&Assignment| {
        matches!(it.state, AssignmentState::Declined { .. } | AssignmentState::Lapsed { .. })
    };
    assignments.iter().filter(no).map(|it| it.expert).collect()
}

fn search_for(
    record: &Record,
    held: Option<&Appointment>,
    themes: Vec<String>,
    fields: Fields,
    excluded: BTreeSet<ExpertId>,
) -> Search {
    Search {
        fields,
        mode: held.map_or_else(|| SessionMode::wished(record.mode), |it| it.mode),
        themes: themes.into_iter().map(ThemeCode).collect(),
        prefecture: record.prefecture,
        industry: record.industry,
        company: Some(record.company),
        only: None,
        excluded,
        moving: held.map(|it| it.id),
        starts: Day::ALL,
        overridden: true,
        aim: Aim::Choose,
    }
}

async fn take_up(app: &App, id: AssignmentId, by: Option<ExpertId>) -> Result<Work<'_>, Problem> {
    let found = store::assignment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    if by.is_some_and(|it| it != found.expert) {
        return Err(Problem::NotFound);
    }
    Work::begin(app, found.consultation).await
}

fn mine(work: &Work<'_>, id: AssignmentId) -> Result<Assignment, Problem> {
    work.assignments.iter().find(|it| it.id == id).cloned().ok_or(Problem::NotFound)
}

/// The slot that is kept and can still take place.
fn held_slot(work: &Work<'_>) -> Option<Slot> {
    work.appointment.as_ref().filter(|it| is_good(it, work)).and_then(|it| Slot::at(it.starts_at))
}

/// Lets go of a hold that is over, or whose time has passed while experts were asked.
async fn drop_stale_hold(work: &mut Work<'_>) -> Result<(), Problem> {
    if work.appointment.as_ref().is_some_and(|it| !is_good(it, work))
        && let Some(stale) = work.appointment.take()
    {
        store::appointment::save(&work.tx, &stale.release()?, work.now).await?;
    }
    Ok(())
}

fn is_good(held: &Appointment, work: &Work<'_>) -> bool {
    !held.has_expired(work.now) && held.starts_at > work.now
}

/// The experts that a coordinator picked, as a team that covers every field once.
fn chosen(
    found: &Offers,
    experts: &[ExpertId],
    fields: Fields,
    slot: Option<Slot>,
) -> Result<Vec<Member>, Problem> {
    let wanted: BTreeSet<_> = experts.iter().collect();
    let team =
        found.teams(slot).find(|team| team.iter().map(|it| &it.expert).collect::<BTreeSet<_>>() == wanted);
    team.ok_or_else(|| {
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

/// Writes the assignments with their letters, and moves a held slot to the team's calendars.
async fn ask(
    work: &mut Work<'_>,
    found: &Offers,
    team: Vec<Member>,
    slot: Option<Slot>,
) -> Result<(), Problem> {
    let others: Vec<_> = work.live().map(|it| it.expert).collect();
    let experts: Vec<_> = others.into_iter().chain(team.iter().map(|it| it.expert)).collect();
    if let (Some(slot), Some(held)) = (slot, work.appointment.clone()) {
        hold_for(work, found, held, experts, slot).await?;
    }
    let due = Due::reply(&work.settings, &work.calendar, work.now);
    let outline = outline(work).await?;
    for member in team {
        let assignment = Assignment {
            id: AssignmentId(Uuid::now_v7()),
            consultation: work.record.consultation.id,
            expert: member.expert,
            fields: member.fields,
            state: AssignmentState::Offered,
            offered_at: work.now,
            due_at: due.at().unwrap_or(work.now),
            instead_of: None,
        };
        store::assignment::insert(&work.tx, &assignment, &due, &member.reasons).await?;
        let held = work.appointment.clone();
        write_request(work, &assignment, held.as_ref(), &outline)?;
        work.assignments.push(assignment);
    }
    Ok(())
}

/// Moves what is held to the calendars of those who are asked. It stays held as long as they are.
async fn hold_for(
    work: &mut Work<'_>,
    found: &Offers,
    held: Appointment,
    experts: Vec<ExpertId>,
    slot: Slot,
) -> Result<(), Problem> {
    let cells = found.cells(&experts, slot, &work.settings);
    let place = super::appointment::place(work, held.mode, &experts).await?;
    let kept = held.keep_for(experts, place)?;
    store::appointment::save_moved(&work.tx, &kept, &cells, work.now)
        .await?
        .map_err(|_taken| Problem::SlotTaken)?;
    work.appointment = Some(kept);
    Ok(())
}

/// The request with its invitation, and a reminder on the morning of the day on which the answer is due.
pub fn write_request(
    work: &mut Work<'_>,
    it: &Assignment,
    held: Option<&Appointment>,
    outline: &[String],
) -> Result<(), Problem> {
    let answer = work.answer_link(it.id);
    let names = held.map(|held| work.names(&held.experts)).unwrap_or_default();
    let slot = held.map(|held| sitting(held, &names));
    let request = Occasion::Request { answer: &answer, fields: it.fields, slot, due_at: it.due_at, outline };
    let letter = work.to_expert(it.expert, request)?;
    let reminder =
        work.to_expert(it.expert, Occasion::RequestReminder { answer: &answer, due_at: it.due_at })?;
    work.post(letter);
    let office_hours = i64::from(work.settings.closes_hour.saturating_sub(work.settings.opens_hour));
    work.post(reminder.map(|letter| Letter {
        due_at: it.due_at - TimeDelta::hours(office_hours),
        must_hold: Some(MustHold::AssignmentOffered { assignment: it.id }),
        ..letter
    }));
    Ok(())
}

/// What an expert needs to know before answering; no name of a person, no free text.
pub async fn outline(work: &Work<'_>) -> Result<Vec<String>, Problem> {
    let record = &work.record;
    let written = store::consultation::application(&work.tx, record.consultation.id).await?;
    let employees = written.and_then(|(it, _)| it.employees).and_then(|it| u32::try_from(it).ok());
    let themes = store::consultation::themes(&work.tx, record.consultation.id).await?;
    let themes: Vec<_> = themes.iter().map(|it| work.programme.theme_label(it)).collect();
    let mut lines = Vec::new();
    lines.extend(record.prefecture.map(|it| format!("所在地：{}", it.name())));
    lines.extend(record.industry.map(|it| format!("業種：{}", it.label())));
    let count = employees.and_then(|it| Headcount::try_from(it).ok());
    lines.extend(count.map(|it| format!("従業員数：{it}")));
    if !themes.is_empty() {
        lines.push(format!("テーマ：{}", themes.join("、")));
    }
    lines.push(format!("実施方法：{}", SessionMode::wished(record.mode).label()));
    Ok(lines)
}

/// Everybody has accepted, and the slot that the company chose is theirs.
async fn confirm(work: &mut Work<'_>, held: Appointment) -> Result<(), Problem> {
    let confirmed = held.confirm()?;
    store::appointment::save(&work.tx, &confirmed, work.now).await?;
    super::appointment::tell_booked(work, &confirmed)?;
    plan_reminders(work, &confirmed)?;
    work.appointment = Some(confirmed);
    Ok(())
}

/// Everybody has accepted; the company chooses among their joint free slots.
fn offer_slots(work: &mut Work<'_>) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = work.names(&work.accepted());
    let letter = work.to_company(Occasion::SlotsToChoose { portal: &portal, experts: &names })?;
    work.post(letter);
    Ok(())
}

/// After a refusal: the next candidate for the same slot, or back to the center.
async fn go_on(work: &mut Work<'_>, by: Actor, fields: Fields, note: String) -> Result<(), Problem> {
    if let Some(slot) = held_slot(work) {
        let mut excluded = turned_down(&work.assignments);
        excluded.extend(work.live().map(|it| it.expert));
        let found = search(work, fields, excluded).await?;
        let next = found.teams(Some(slot)).next();
        if let Some(team) = next {
            let whole = search(work, work.record.consultation.fields, BTreeSet::new()).await?;
            ask(work, &whole, team, Some(slot)).await?;
            return Ok(work.act(Act::Decline { next_candidate: true }, by, Some(note))?);
        }
    }
    work.act(Act::Decline { next_candidate: false }, by, Some(note))?;
    let appointment = work.appointment.take();
    withdraw_live(work, appointment.as_ref()).await?;
    if let Some(held) = appointment {
        store::appointment::save(&work.tx, &held.release()?, work.now).await?;
    }
    let portal = work.portal()?;
    let company = work.to_company(Occasion::BackAtCenter { portal: &portal })?;
    let center = work.to_center(Occasion::NobodyLeft)?;
    work.post(company);
    work.post(center);
    Ok(())
}

/// Takes back every request, answered or not, and tells those who were asked.
pub async fn withdraw_live(work: &mut Work<'_>, held: Option<&Appointment>) -> Result<(), Problem> {
    let live: Vec<_> = work.live().cloned().collect();
    for assignment in live {
        let expert = assignment.expert;
        work.save_assignment(assignment.withdraw(work.now)).await?;
        let held = held.cloned().map(|it| Appointment { sequence: it.sequence + 1, ..it });
        let names = held.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
        let slot = held.as_ref().map(|it| sitting(it, &names));
        let letter = work.to_expert(expert, Occasion::RequestWithdrawn { slot })?;
        work.post(letter);
    }
    Ok(())
}
