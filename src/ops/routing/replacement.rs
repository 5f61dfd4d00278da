//! Withdraws a request, or releases an expert who has accepted while no time is booked, and asks another expert in
//! their place. For a booked appointment `booking::substitute` exchanges the experts.
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::{Action, ActionKind, State},
    field::Fields,
    id::{AssignmentId, ExpertId},
    routing::assignment::{Assignment, is_asked_for_all},
    text::TextLine,
    wording::long_date_time_range,
};

use super::{
    presence::{release_missing, tell_away},
    requests::{ask, held_slot, named, offers_for_held, search, turned_down, withdraw_unanswered},
};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide, TimeNews},
    ops::{
        booking::{
            appointment::cancel_untold,
            notices::{appointment_text, cancel_invitation},
            slot_offers::TeamMember,
            substitute,
        },
        case::transaction::CaseTransaction,
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// The expert who is asked in place of a released one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Successor {
    /// The center chooses later.
    Later,
    Expert(ExpertId),
    /// One expert for each field, in place of one who has both.
    Pair([ExpertId; 2]),
    /// The candidate who is ranked first, for a request whose time the company has chosen; otherwise none.
    Best,
}

/// The most teams that are proposed.
const TEAMS: usize = 50;

/// Returns the teams that could be asked instead of the expert of an assignment, the first choice at the front: one
/// expert, or one for each field.
pub async fn proposals(
    app: &App,
    record: &Record,
    leaving: &Assignment,
) -> Result<Vec<Vec<TeamMember>>, Problem> {
    let pick = |all: &[Assignment]| (leaving.fields, in_part(all, leaving.expert));
    let (found, slot) = offers_for_held(app, record, pick).await?;
    Ok(found.teams(slot).take(TEAMS).collect())
}

/// Withdraws a request or releases its expert, on behalf of a coordinator who saw `version`, and asks the successor.
pub async fn release(
    app: &App,
    id: AssignmentId,
    version: Option<i32>,
    by: Actor,
    reason: &TextLine,
    successor: Successor,
) -> Result<(), Problem> {
    let found = store::routing::assignment::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let mut work = match version {
        Some(version) => CaseTransaction::begin_at(app, found.consultation, version).await?,
        None => CaseTransaction::begin(app, found.consultation).await?,
    };
    let leaving = work.assignments.iter().find(|it| it.id == id).cloned().ok_or(Problem::NotFound)?;
    if !leaving.is_live() {
        return Err(Problem::Refused(
            "この依頼は、すでに終わっています。最新の内容を確認してください。".to_owned(),
        ));
    }
    release_in(&mut work, leaving, by, reason, successor).await?;
    work.commit().await?;
    Ok(())
}

/// Releases an expert as `release` does, as part of another operation, with everything that the expert has in the
/// consultation. A booked appointment is cancelled, and the company chooses another time with the next team. Every
/// reader is told once, after the last step.
pub async fn release_in(
    work: &mut CaseTransaction<'_>,
    leaving: Assignment,
    by: Actor,
    reason: &TextLine,
    successor: Successor,
) -> Result<(), Problem> {
    if matches!(by.principal(), Actor::Expert(expert) if expert != leaving.expert) {
        return Err(Problem::NotFound);
    }
    if leaving.is_asked_instead() {
        return withdraw_substitute(work, by).await;
    }
    let cause = ReleaseCause { by, reason: reason.as_str() };
    if keeps_acceptances(&work.record.consultation.state) {
        if matches!(successor, Successor::Expert(_) | Successor::Pair(_)) {
            return Err(Problem::Refused("専門家を外してから、候補の一覧で依頼してください。".to_owned()));
        }
        return release_accepted(work, &leaving, cause).await;
    }
    work.check(ActionKind::ReleaseExpert, by)?;
    let had_turn = matches!(work.record.consultation.state, State::Scheduling | State::Booked);
    let expert = leaving.expert;
    let booked = match work.appointment.clone().filter(Appointment::is_confirmed) {
        Some(booked) => Some(cancel_untold(work, booked, by.principal().party(), cause.reason).await?),
        None => None,
    };
    let (fields, known) = let_go(work, &leaving, booked.as_ref(), cause).await?;
    let excluded = match successor {
        Successor::Expert(_) | Successor::Pair(_) => in_part(&work.assignments, expert),
        Successor::Later | Successor::Best => unavailable(&work.assignments, expert),
    };
    let mut next = None;
    let (another_asked, released) = match team(work, fields, excluded, successor).await? {
        Some(team) => {
            next = Some(named(work, &team));
            let whole = search(work, work.record.wanted_fields(), BTreeSet::new()).await?;
            let slot = held_slot(work);
            ask(work, &whole, team, slot).await?;
            (true, None)
        }
        None => give_back(work).await?,
    };
    work.act(
        Action::ReleaseExpert { another_asked },
        by,
        Some(noted(work, expert, cause.reason, booked.as_ref())),
    )?;
    if let Some(next) = next {
        work.note(by, format!("次の候補に依頼しました：{next}"));
    }
    if let Some(booked) = &booked {
        tell_others(work, booked, expert)?;
    }
    if had_turn || released.is_some() || !another_asked {
        let lost = match (&booked, &released) {
            (Some(it), _) => Some((it, TimeNews::Cancelled)),
            (None, Some(it)) => Some((it, TimeNews::Released)),
            (None, None) => None,
        };
        tell_company(work, &known, cause, lost)?;
    }
    Ok(())
}

/// Gives the choice of a time back to the center if the experts of the consultation cannot give an appointment on any
/// day that the company can choose; those who cannot are let go. Returns whether it did. The company is told that others
/// are asked, and the absent experts that they are released.
pub async fn give_back_choice(work: &mut CaseTransaction<'_>) -> Result<bool, Problem> {
    if work.record.consultation.state != State::Scheduling || work.record.consultation.merged_into.is_some() {
        return Ok(false);
    }
    let before = work.accepted();
    let team = release_missing(work).await?;
    if team.covered {
        return Ok(false);
    }
    let stay = work.accepted();
    let left: Vec<_> = before.into_iter().filter(|it| !stay.contains(it)).collect();
    let left = work.names(&left);
    give_back(work).await?;
    let why = "企業が選べる日に、担当の専門家がいなくなったため".to_owned();
    work.act(Action::ReleaseExpert { another_asked: false }, Actor::System, Some(why))?;
    tell_away(work, &team.away, "", None)?;
    tell_company(work, &left, ReleaseCause { by: Actor::System, reason: "" }, None)?;
    Ok(true)
}

/// The cause of a release: the party that has decided it, and its reason.
#[derive(Clone, Copy)]
struct ReleaseCause<'a> {
    by: Actor,
    reason: &'a str,
}

/// Returns what the history says of a release.
fn noted(
    work: &CaseTransaction<'_>,
    expert: ExpertId,
    reason: &str,
    cancelled: Option<&Appointment>,
) -> String {
    let name = work.context.experts.name(expert);
    match cancelled {
        Some(it) => {
            let when = long_date_time_range(it.starts_at, it.ends_at);
            format!("{name}さん：{reason}（{when}の予約を取り消しました）")
        }
        None => format!("{name}さん：{reason}"),
    }
}

/// Withdraws everything that the expert was asked for or has accepted, and tells the expert once. `cancelled` is the
/// appointment that has just been cancelled. Returns the fields that are open again, and the expert's name if the company
/// knew of the expert.
async fn let_go(
    work: &mut CaseTransaction<'_>,
    leaving: &Assignment,
    cancelled: Option<&Appointment>,
    cause: ReleaseCause<'_>,
) -> Result<(Fields, Vec<String>), Problem> {
    let expert = leaving.expert;
    let left = match (cancelled, work.appointment.clone()) {
        (Some(it), _) => Some(it.clone()).filter(|it| it.experts.contains(&expert)),
        (None, Some(held)) if held.experts.contains(&expert) => {
            Some(cancel_invitation(work, held, expert).await?)
        }
        (None, _) => None,
    };
    let is_active = work.context.experts.get(expert).is_some_and(|it| it.active);
    let mut fields = leaving.fields;
    let mut known = Vec::new();
    for it in work.live().filter(|it| it.expert == expert).cloned().collect::<Vec<_>>() {
        if it.is_accepted() {
            known = work.names(&[expert]);
        }
        fields = fields.union(it.fields);
        // An expert whose account is open again may be asked again.
        let ended = match is_active {
            true => it.release(work.now(), cause.reason),
            false => it.withdraw(work.now()),
        };
        work.save_assignment(ended).await?;
    }
    let names = left.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
    let slot = left.as_ref().map(|it| appointment_text(it, &names));
    let reason = if cancelled.is_some() { cause.reason } else { "" };
    work.mail_expert(expert, MailEvent::RequestWithdrawn { slot, reason })?;
    Ok((fields, known))
}

/// Mails the experts who stay that the appointment with the released one is cancelled.
fn tell_others(
    work: &mut CaseTransaction<'_>,
    cancelled: &Appointment,
    leaving: ExpertId,
) -> Result<(), Problem> {
    let names = work.names(&cancelled.experts);
    let appointment = appointment_text(cancelled, &names);
    for &other in cancelled.experts.iter().filter(|it| **it != leaving) {
        let (side, reason) = (ReaderSide::Expert, OTHER_LEAVES);
        let event = MailEvent::Cancelled { side, appointment, reason, by: None, is_blocked: false };
        work.mail_expert(other, event)?;
    }
    Ok(())
}

/// Mails the company once what has changed: who was released and by whose wish, which time is lost, and who acts next.
fn tell_company(
    work: &mut CaseTransaction<'_>,
    released: &[String],
    cause: ReleaseCause<'_>,
    lost: Option<(&Appointment, TimeNews)>,
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let names = lost.map(|(it, _)| work.names(&it.experts)).unwrap_or_default();
    // Its page then offers another choice of time.
    let may_choose = lost.is_some()
        && keeps_acceptances(&work.record.consultation.state)
        && work.live().next().is_none()
        && work.appointment.is_none();
    let reason = match lost {
        Some((_, TimeNews::Cancelled)) => cause.reason,
        Some(_) | None => "",
    };
    work.mail_company(MailEvent::TeamChanging {
        portal: &portal,
        released,
        by: cause.by.principal().party(),
        reason,
        lost: lost.map(|(it, news)| (appointment_text(it, &names), news)),
        may_choose,
    })?;
    Ok(())
}

/// Returns whether an expert who has accepted a part can wait in this state for an expert for the other part.
pub const fn keeps_acceptances(state: &State) -> bool {
    state.is_before_routing()
}

/// Releases an expert who has accepted a part while the consultation is the center's turn: the state stays, and a time that
/// was kept for the expert is released.
async fn release_accepted(
    work: &mut CaseTransaction<'_>,
    leaving: &Assignment,
    cause: ReleaseCause<'_>,
) -> Result<(), Problem> {
    let expert = leaving.expert;
    let name = work.context.experts.name(expert).to_owned();
    let (_, known) = let_go(work, leaving, None, cause).await?;
    let mut lost = None;
    if let Some(held) = work.appointment.take_if(|it| it.experts.contains(&expert)) {
        let others: Vec<_> = work.live().map(|it| it.expert).collect();
        for other in others {
            tell_freed(work, &held, other).await?;
        }
        let released = held.release()?;
        work.save(&released).await?;
        lost = Some(released);
    }
    work.note(cause.by, format!("{name}さんを担当から外しました：{}", cause.reason));
    tell_company(work, &known, cause, lost.as_ref().map(|it| (it, TimeNews::Released)))
}

async fn withdraw_substitute(work: &mut CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    work.check(ActionKind::Reschedule, by)?;
    let Some(appointment) = work.appointment.clone() else { return Err(Problem::Stale) };
    super::requests::withdraw_asked_by(work, &appointment, by).await
}

/// Returns the team to ask for the fields of the released expert; `None` if no expert is to be asked.
async fn team(
    work: &CaseTransaction<'_>,
    fields: Fields,
    excluded: BTreeSet<ExpertId>,
    successor: Successor,
) -> Result<Option<Vec<TeamMember>>, Problem> {
    let slot = held_slot(work);
    let found = match successor {
        Successor::Later => return Ok(None),
        Successor::Best if slot.is_none() => return Ok(None),
        Successor::Best | Successor::Expert(_) | Successor::Pair(_) => search(work, fields, excluded).await?,
    };
    let chosen = match successor {
        Successor::Later => return Ok(None),
        Successor::Best => return Ok(found.teams(slot).next()),
        Successor::Expert(expert) => found.team_of(&[expert], slot),
        Successor::Pair(pair) => found.team_of(&pair, slot),
    };
    chosen.map(Some).ok_or_else(|| {
        Problem::Refused(
            "選んだ専門家には、この日時・分野で依頼できなくなりました。候補の中から選び直してください。"
                .to_owned(),
        )
    })
}

/// Gives the consultation back to the center if no expert is asked in place of the released expert. The requests that are
/// not answered are withdrawn, because an answer for one field would leave the other one without anyone to wait for; so
/// is a held time. An expert who has accepted stays. Returns whether experts are still asked for every field, and the
/// time that was released.
async fn give_back(work: &mut CaseTransaction<'_>) -> Result<(bool, Option<Appointment>), Problem> {
    let Some(held) = work.appointment.take() else {
        let wanted = work.record.wanted_fields();
        let is_asked = work.live().any(|it| !it.is_accepted()) && is_asked_for_all(wanted, &work.assignments);
        if !is_asked {
            withdraw_unanswered(work, None).await?;
        }
        return Ok((is_asked, None));
    };
    let accepted = work.accepted();
    for expert in accepted {
        tell_freed(work, &held, expert).await?;
    }
    withdraw_unanswered(work, Some(&held)).await?;
    let released = held.release()?;
    work.save(&released).await?;
    Ok((false, Some(released)))
}

const OTHER_LEAVES: &str = "もう一人の専門家が担当から外れ、日時を決め直すため";

/// Takes the held time out of the calendar of an expert who has accepted and stays.
async fn tell_freed(
    work: &mut CaseTransaction<'_>,
    held: &Appointment,
    expert: ExpertId,
) -> Result<(), Problem> {
    if held.experts.contains(&expert) {
        let left = cancel_invitation(work, held.clone(), expert).await?;
        let names = work.names(&left.experts);
        let appointment = appointment_text(&left, &names);
        let (side, reason) = (ReaderSide::Expert, OTHER_LEAVES);
        let event = MailEvent::Cancelled { side, appointment, reason, by: None, is_blocked: false };
        work.mail_expert(expert, event)?;
    }
    Ok(())
}

/// Returns the experts who are not asked by themselves in place of `leaving`.
fn unavailable(assignments: &[Assignment], leaving: ExpertId) -> BTreeSet<ExpertId> {
    let mut excluded = in_part(assignments, leaving);
    excluded.extend(turned_down(assignments));
    excluded
}

/// Returns the experts who cannot be asked in place of `leaving`: they have a part already.
fn in_part(assignments: &[Assignment], leaving: ExpertId) -> BTreeSet<ExpertId> {
    let live = assignments.iter().filter(|it| it.is_live()).map(|it| it.expert);
    live.chain([leaving]).collect()
}

/// Returns the participation of an assignment in the booked appointment, with the experts who could take it over.
pub async fn vacancy(
    app: &App,
    record: &Record,
    leaving: &Assignment,
) -> Result<Option<substitute::Vacancy>, Problem> {
    let all = store::booking::appointment::of(&app.db, record.consultation.id).await?;
    let booked = all.into_iter().find(|it| it.is_confirmed() && it.experts.contains(&leaving.expert));
    let Some(booked) = booked.filter(|_| leaving.is_accepted()) else { return Ok(None) };
    let participation =
        store::booking::substitute::Participation { appointment: booked.id, expert: leaving.expert };
    substitute::vacancy_of(app, participation).await
}
