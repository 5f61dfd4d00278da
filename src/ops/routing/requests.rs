//! Requests to experts: the search for experts, the mails that they get, and the withdrawal of a request.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode},
        availability::{Day, Slot},
        notice::heard_by,
    },
    due::Due,
    field::Fields,
    id::{AssignmentId, ExpertId},
    intake::company::Headcount,
    routing::{
        ThemeCode,
        assignment::{Assignment, AssignmentState, still_open},
    },
};
use uuid::Uuid;

use crate::{
    app::App,
    mail::{
        mail_event::{MailEvent, RequestedPart},
        outgoing_mail::SendCondition,
    },
    ops::{
        booking::{
            notices::{appointment_text, cancel_invitation},
            slot_offers::{SearchAim, SlotOffers, SlotSearch, TeamMember},
            venue,
        },
        case::{
            context::Context,
            save::{MovedAppointment, NewAssignment, ReleasedParticipation},
            transaction::CaseTransaction,
        },
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// Searches for experts for a consultation. The time may be within the notice period: it was chosen earlier, or a
/// coordinator decides.
pub async fn search(
    work: &CaseTransaction<'_>,
    fields: Fields,
    excluded: BTreeSet<ExpertId>,
) -> Result<SlotOffers, Problem> {
    let themes = store::consultation::themes(work.read(), work.record.consultation.id).await?;
    work.offers(search_for(&work.record, work.appointment.as_ref(), themes, fields, excluded)).await
}

/// Returns the search that `search` makes, for any connection. `held` is the appointment of the consultation.
pub fn search_for(
    record: &Record,
    held: Option<&Appointment>,
    themes: Vec<String>,
    fields: Fields,
    excluded: BTreeSet<ExpertId>,
) -> SlotSearch {
    SlotSearch {
        fields,
        mode: held.map_or_else(|| AppointmentMode::wished(record.mode), |it| it.mode),
        themes: themes.into_iter().map(ThemeCode).collect(),
        prefecture: record.site(),
        industry: record.industry,
        company: Some(record.company),
        only: None,
        day: None,
        excluded,
        asked_last: BTreeSet::new(),
        moving: held.map(|it| it.id),
        starts: Day::ALL,
        overridden: true,
        aim: SearchAim::Choose,
    }
}

/// Returns the experts whom only the center asks for this consultation again: they have declined it, let a request lapse, or were
/// let go.
pub fn turned_down(assignments: &[Assignment]) -> BTreeSet<ExpertId> {
    assignments.iter().filter(|it| it.is_turned_down()).map(|it| it.expert).collect()
}

/// Returns the slot of the appointment that is held or confirmed, unless its hold has expired or its start has passed.
pub fn held_slot(work: &CaseTransaction<'_>) -> Option<Slot> {
    work.appointment.as_ref().filter(|it| is_good(it, work)).and_then(|it| Slot::at(it.starts_at))
}

/// Releases a hold that has expired or whose time has passed while experts were asked, and returns it. The caller tells
/// the company.
pub async fn drop_stale_hold(work: &mut CaseTransaction<'_>) -> Result<Option<Appointment>, Problem> {
    let now = work.now();
    let is_stale = |it: &mut Appointment| it.has_expired(now) || it.starts_at <= now;
    let Some(stale) = work.appointment.take_if(is_stale) else { return Ok(None) };
    let released = stale.release()?;
    work.save(&released).await?;
    Ok(Some(released))
}

/// Returns the experts whom the center could ask for a consultation, those who have turned it down last, for the slot that is held for it if there is one. `pick`
/// says from its assignments for which fields, and who is left out. A snapshot to choose from.
pub async fn offers_for_held(
    app: &App,
    record: &Record,
    pick: impl FnOnce(&[Assignment]) -> (Fields, BTreeSet<ExpertId>),
) -> Result<(SlotOffers, Option<Slot>), Problem> {
    let context = Context::of(app).await?;
    let id = record.consultation.id;
    let held = store::booking::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_live);
    let themes = store::consultation::themes(&app.db, id).await?;
    let assignments = store::routing::assignment::of(&app.db, id).await?;
    let (fields, excluded) = pick(&assignments);
    let search = SlotSearch {
        asked_last: turned_down(&assignments),
        ..search_for(record, held.as_ref(), themes, fields, excluded)
    };
    let found = context.offers(&app.db, search).await?;
    let slot = held.filter(|it| !it.has_expired(context.now)).and_then(|it| Slot::at(it.starts_at));
    Ok((found, slot))
}

/// Returns the fields for which an expert has yet to be asked.
pub fn open_fields(fields: Fields, assignments: &[Assignment]) -> Fields {
    still_open(fields, assignments).unwrap_or(fields)
}

/// Returns the experts who have accepted a part.
pub fn accepted_among(assignments: &[Assignment]) -> BTreeSet<ExpertId> {
    assignments.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect()
}

/// Returns whether an expert can still be asked for a slot: the answer has to come before the company has to hear.
pub fn may_ask_for(work: &CaseTransaction<'_>, slot: Slot) -> bool {
    work.now() < heard_by(slot.start(), &work.context.settings, &work.context.calendar)
}

fn is_good(held: &Appointment, work: &CaseTransaction<'_>) -> bool {
    !held.has_expired(work.now()) && held.starts_at > work.now()
}

/// Writes the assignments with their mails, and moves a held slot to the team's calendars.
pub async fn ask(
    work: &mut CaseTransaction<'_>,
    found: &SlotOffers,
    team: Vec<TeamMember>,
    slot: Option<Slot>,
) -> Result<(), Problem> {
    let others: Vec<_> = work.live().map(|it| it.expert).collect();
    let experts: Vec<_> = others.into_iter().chain(team.iter().map(|it| it.expert)).collect();
    if let (Some(slot), Some(held)) = (slot, work.appointment.clone()) {
        hold_for(work, found, held, experts, slot).await?;
    }
    let (settings, calendar) = (&work.context.settings, &work.context.calendar);
    let due = Due::reply_for(settings, calendar, work.now(), slot.map(Slot::start));
    for member in team {
        let outline = outline(work, member.fields).await?;
        let assignment = request_to(work, &member, &due, None);
        work.save(NewAssignment(&assignment, &due, &member.reasons)).await?;
        let held = work.appointment.clone();
        write_request(work, &assignment, held.as_ref(), &outline)?;
        work.assignments.push(assignment);
    }
    Ok(())
}

/// Returns a request to a member of a team; `instead_of` is the assignment that a substitute takes over.
pub fn request_to(
    work: &CaseTransaction<'_>,
    member: &TeamMember,
    due: &Due,
    instead_of: Option<AssignmentId>,
) -> Assignment {
    Assignment {
        id: AssignmentId(Uuid::now_v7()),
        consultation: work.record.consultation.id,
        expert: member.expert,
        fields: member.fields,
        state: AssignmentState::Offered,
        offered_at: work.now(),
        due_at: due.at().unwrap_or(work.now()),
        instead_of,
    }
}

/// Returns the experts of a team as the history names them.
pub fn named(work: &CaseTransaction<'_>, team: &[TeamMember]) -> String {
    let one =
        |it: &TeamMember| format!("{}さん（{}）", work.context.experts.name(it.expert), it.fields.label());
    team.iter().map(one).collect::<Vec<_>>().join("、")
}

/// Moves the held appointment to the calendars of the experts who are asked. It stays held as long as their requests
/// are open.
async fn hold_for(
    work: &mut CaseTransaction<'_>,
    found: &SlotOffers,
    held: Appointment,
    experts: Vec<ExpertId>,
    slot: Slot,
) -> Result<(), Problem> {
    let cells = found.cells(&experts, slot, &work.context.settings);
    let place = venue::of(work, held.mode, &experts).await?;
    let kept = held.keep_for(experts, place)?;
    work.save(MovedAppointment(&kept, &cells)).await?;
    work.appointment = Some(kept);
    Ok(())
}

/// Mails the request with its invitation, and a reminder for the morning of the day on which the answer is due.
pub fn write_request(
    work: &mut CaseTransaction<'_>,
    it: &Assignment,
    held: Option<&Appointment>,
    outline: &[String],
) -> Result<(), Problem> {
    let answer = work.answer_link(it.id);
    let names = held.map(|held| work.names(&held.experts)).unwrap_or_default();
    let slot = held.map(|held| appointment_text(held, &names));
    let (fields, due_at) = (it.fields, it.due_at);
    let replaced = it.instead_of.and_then(|id| work.assignments.iter().find(|other| other.id == id));
    let leaving = replaced.map(|it| work.context.experts.name(it.expert).to_owned());
    let part = match &leaving {
        Some(name) => RequestedPart::Substitute(name),
        None if fields != work.record.wanted_fields() => RequestedPart::OneField,
        None => RequestedPart::Whole,
    };
    let request = MailEvent::Request { answer: &answer, fields, part, slot, due_at, outline };
    work.mail_expert(it.expert, request)?;
    remind_of_request(work, it)
}

/// Plans the reminder for the morning of the day on which the answer is due, unless that has passed: the request says
/// the same.
pub fn remind_of_request(work: &mut CaseTransaction<'_>, it: &Assignment) -> Result<(), Problem> {
    let settings = &work.context.settings;
    let office_hours = i64::from(settings.closes_hour.saturating_sub(settings.opens_hour));
    let remind_at = it.due_at - TimeDelta::hours(office_hours);
    if remind_at <= work.now() {
        return Ok(());
    }
    let answer = work.answer_link(it.id);
    let reminder = MailEvent::RequestReminder { answer: &answer, due_at: it.due_at };
    if let Some(mail) = work.mail_expert(it.expert, reminder)? {
        mail.due_at = remind_at;
        mail.dedup_key = Some(reminder_key(it));
        mail.send_condition = Some(SendCondition::AssignmentOffered { assignment: it.id });
    }
    Ok(())
}

/// Returns the key of the reminder of a request. A deadline that moves has a reminder of its own.
pub fn reminder_key(it: &Assignment) -> String {
    format!("request_reminder/{}/{}", it.id, it.due_at.timestamp())
}

/// Returns what an expert who is asked for these fields needs to know before answering: no name of a person, no free text,
/// and no theme of another field.
pub async fn outline(work: &CaseTransaction<'_>, fields: Fields) -> Result<Vec<String>, Problem> {
    let record = &work.record;
    let written = store::consultation::application(work.read(), record.consultation.id).await?;
    let employees = written.and_then(|(it, _)| it.employees).and_then(|it| u32::try_from(it).ok());
    let themes = store::consultation::themes(work.read(), record.consultation.id).await?;
    let all = &work.context.programme.themes;
    let is_other = |code: &str| all.iter().any(|it| it.code == code && !fields.contains(it.field));
    let themes = themes.iter().filter(|it| !is_other(it));
    let themes: Vec<_> = themes.map(|it| work.context.programme.theme_label(it)).collect();
    let mut lines = Vec::new();
    lines.extend(record.prefecture.map(|it| format!("所在地：{}", it.name())));
    lines.extend(record.industry.map(|it| format!("業種：{}", it.label())));
    let count = employees.and_then(|it| Headcount::try_from(it).ok());
    lines.extend(count.map(|it| format!("従業員数：{it}")));
    if !themes.is_empty() {
        lines.push(format!("テーマ：{}", themes.join("、")));
    }
    lines.push(format!("実施方法：{}", AppointmentMode::wished(record.mode).label()));
    Ok(lines)
}

/// Withdraws every assignment that is offered or accepted, and mails its expert. `held` is the appointment that is
/// removed from the experts' calendars.
pub async fn withdraw_live(
    work: &mut CaseTransaction<'_>,
    held: Option<&Appointment>,
) -> Result<(), Problem> {
    let live: Vec<_> = work.live().cloned().collect();
    withdraw(work, live, held).await
}

/// Withdraws the requests that are not answered, and tells the experts who were asked.
pub async fn withdraw_unanswered(
    work: &mut CaseTransaction<'_>,
    held: Option<&Appointment>,
) -> Result<(), Problem> {
    let open: Vec<_> = work.live().filter(|it| !it.is_accepted()).cloned().collect();
    withdraw(work, open, held).await
}

/// Withdraws assignments whose experts know already, or are told by the caller.
pub async fn withdraw_untold(work: &mut CaseTransaction<'_>, live: Vec<Assignment>) -> Result<(), Problem> {
    for assignment in live {
        work.save_assignment(assignment.withdraw(work.now())).await?;
    }
    Ok(())
}

/// Withdraws assignments, and tells their experts. `held` is the appointment that is removed from their calendars.
pub async fn withdraw(
    work: &mut CaseTransaction<'_>,
    live: Vec<Assignment>,
    held: Option<&Appointment>,
) -> Result<(), Problem> {
    withdraw_because(work, live, held, "").await
}

/// Withdraws assignments as `withdraw` does, with a reason that their experts read.
pub async fn withdraw_because(
    work: &mut CaseTransaction<'_>,
    live: Vec<Assignment>,
    held: Option<&Appointment>,
    reason: &str,
) -> Result<(), Problem> {
    for assignment in live {
        let expert = assignment.expert;
        work.save_assignment(assignment.withdraw(work.now())).await?;
        let held = held.cloned().map(|it| Appointment { sequence: it.sequence + 1, ..it });
        let names = held.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
        let slot = held.as_ref().map(|it| appointment_text(it, &names));
        work.mail_expert(expert, MailEvent::RequestWithdrawn { slot, reason })?;
    }
    Ok(())
}

/// Withdraws the request to a substitute for an appointment that is moved, cancelled or over.
pub async fn withdraw_substitute_request(
    work: &mut CaseTransaction<'_>,
    appointment: &Appointment,
) -> Result<(), Problem> {
    withdraw_asked_by(work, appointment, Actor::System).await
}

/// Withdraws the request to a substitute, by the actor whom the history names with the substitute.
pub async fn withdraw_asked_by(
    work: &mut CaseTransaction<'_>,
    appointment: &Appointment,
    by: Actor,
) -> Result<(), Problem> {
    let requests: Vec<_> = work.assignments.iter().filter(|it| it.is_asked_instead()).cloned().collect();
    for request in requests {
        let expert = request.expert;
        let name = work.context.experts.name(expert).to_owned();
        work.note(by, format!("{name}さんへの、代わりの担当の依頼を取り消しました"));
        let left = leave(work, appointment, expert, request.instead_of).await?;
        work.save(ReleasedParticipation(appointment.id, expert)).await?;
        work.save_assignment(request.withdraw(work.now())).await?;
        let names = work.names(&left.experts);
        work.mail_expert(
            expert,
            MailEvent::RequestWithdrawn { slot: Some(appointment_text(&left, &names)), reason: "" },
        )?;
    }
    Ok(())
}

/// Records that a substitute who was asked does not take the participation. Returns the appointment as the cancellation
/// shows it.
pub async fn leave(
    work: &mut CaseTransaction<'_>,
    appointment: &Appointment,
    expert: ExpertId,
    instead_of: Option<AssignmentId>,
) -> Result<Appointment, Problem> {
    let leaving = instead_of.and_then(|id| work.assignments.iter().find(|it| it.id == id));
    let shown =
        leaving.map_or_else(|| appointment.clone(), |it| as_asked(work, appointment, it.expert, expert));
    cancel_invitation(work, shown, expert).await
}

/// Returns the appointment as it would be with the substitute who is asked.
pub fn as_asked(
    work: &CaseTransaction<'_>,
    appointment: &Appointment,
    leaving: ExpertId,
    coming: ExpertId,
) -> Appointment {
    let experts = appointment.experts.iter().map(|&it| if it == leaving { coming } else { it }).collect();
    let place = venue::after_exchange(work, appointment, leaving, coming);
    Appointment { experts, place, ..appointment.clone() }
}
