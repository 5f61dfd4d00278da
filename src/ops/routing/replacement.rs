//! Withdraws a request, or releases an expert who has accepted while no time is booked, and asks another expert in
//! their place. For a booked appointment `booking::substitute` exchanges the experts.
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::{Action, ActionKind, State},
    field::Fields,
    id::{AssignmentId, ExpertId},
    routing::assignment::Assignment,
    text::TextLine,
};

use super::requests::{ask, held_slot, named, offers_for_held, search, turned_down, withdraw_live};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        booking::{
            appointment::cancel_appointment,
            notices::{appointment_text, cancel_invitation, notify_company_cancelled, notify_released},
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
    /// The candidate who is ranked first, for a request whose time the company has chosen; otherwise nobody.
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
    let pick = |all: &[Assignment]| (leaving.fields, unavailable(all, leaving.expert));
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

/// Releases an expert as `release` does, as part of another operation. A booked appointment is cancelled, and the
/// company chooses another time with the next team.
pub async fn release_in(
    work: &mut CaseTransaction<'_>,
    leaving: Assignment,
    by: Actor,
    reason: &TextLine,
    successor: Successor,
) -> Result<(), Problem> {
    if leaving.is_asked_instead() {
        return withdraw_substitute(work, by).await;
    }
    let booked = work.appointment.clone().filter(Appointment::is_confirmed);
    if let Some(booked) = booked.filter(|_| work.check(ActionKind::CancelAppointment, by).is_ok()) {
        work.act(Action::CancelAppointment { until: None }, by, Some(reason.as_str().to_owned()))?;
        let cancelled = cancel_appointment(work, booked, by.party(), reason.as_str()).await?;
        notify_company_cancelled(work, &cancelled, reason.as_str())?;
    }
    if keeps_acceptances(&work.record.consultation.state) {
        if matches!(successor, Successor::Expert(_) | Successor::Pair(_)) {
            return Err(Problem::Refused("専門家を外してから、候補の一覧で依頼してください。".to_owned()));
        }
        return release_accepted(work, leaving, by, reason).await;
    }
    work.check(ActionKind::ReleaseExpert, by)?;
    let was_choosing = work.record.consultation.state == State::Scheduling;
    tell_expert(work, &leaving).await?;
    let fields = leaving.fields;
    let excluded = unavailable(&work.assignments, leaving.expert);
    let note = format!("{}さん：{}", work.context.experts.name(leaving.expert), reason.as_str());
    work.save_assignment(leaving.withdraw(work.now())).await?;
    let mut next = None;
    let asked = match team(work, fields, excluded, successor).await? {
        Some(team) => {
            next = Some(named(work, &team));
            let whole = search(work, work.record.consultation.fields, BTreeSet::new()).await?;
            let slot = held_slot(work);
            ask(work, &whole, team, slot).await?;
            true
        }
        None => give_back(work).await?,
    };
    work.act(Action::ReleaseExpert { asked }, by, Some(note))?;
    if let Some(next) = next {
        work.note(by, format!("次の候補に依頼しました：{next}"));
    }
    if was_choosing || !asked {
        let portal = work.portal()?;
        work.mail_company(MailEvent::TeamChanging { portal: &portal })?;
    }
    Ok(())
}

/// Returns whether an expert who has accepted a part can wait in this state for an expert for the other part.
pub const fn keeps_acceptances(state: &State) -> bool {
    matches!(state, State::Received | State::Checking | State::WaitingCompany)
}

/// Releases an expert who has accepted a part while the consultation is the center's turn: the state stays, and a time that
/// was kept for the expert is released.
async fn release_accepted(
    work: &mut CaseTransaction<'_>,
    leaving: Assignment,
    by: Actor,
    reason: &TextLine,
) -> Result<(), Problem> {
    tell_expert(work, &leaving).await?;
    let expert = leaving.expert;
    let note = format!("{}さんを担当から外しました：{}", work.context.experts.name(expert), reason.as_str());
    work.save_assignment(leaving.withdraw(work.now())).await?;
    if let Some(held) = work.appointment.take_if(|it| it.experts.contains(&expert)) {
        let others: Vec<_> = work.live().map(|it| it.expert).collect();
        for other in others {
            tell_freed(work, &held, other).await?;
        }
        let released = held.release()?;
        work.save(&released).await?;
        notify_released(work, &released)?;
    } else {
        let portal = work.portal()?;
        work.mail_company(MailEvent::TeamChanging { portal: &portal })?;
    }
    work.note(by, note);
    Ok(())
}

async fn withdraw_substitute(work: &mut CaseTransaction<'_>, by: Actor) -> Result<(), Problem> {
    work.check(ActionKind::Reschedule, by)?;
    let Some(appointment) = work.appointment.clone() else { return Err(Problem::Stale) };
    super::requests::withdraw_asked(work, &appointment).await?;
    work.note(by, "代わりの専門家への依頼を取り消しました");
    Ok(())
}

/// Mails the released expert, with the appointment that leaves their calendar if one was held for them.
async fn tell_expert(work: &mut CaseTransaction<'_>, leaving: &Assignment) -> Result<(), Problem> {
    let expert = leaving.expert;
    let held = work.appointment.clone().filter(|it| it.experts.contains(&expert));
    let left = match held {
        Some(held) => Some(cancel_invitation(work, held, expert).await?),
        None => None,
    };
    let names = left.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
    let slot = left.as_ref().map(|it| appointment_text(it, &names));
    work.mail_expert(expert, MailEvent::RequestWithdrawn { slot })?;
    Ok(())
}

/// Returns the team to ask for the fields of the released expert; `None` if nobody is to be asked.
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

/// Gives the consultation back to the center if nobody is asked in place of the released expert. A held time is
/// released with the requests for it; an expert who has accepted stays. Returns whether an expert is still asked.
async fn give_back(work: &mut CaseTransaction<'_>) -> Result<bool, Problem> {
    let Some(held) = work.appointment.take() else {
        return Ok(work.live().any(|it| !it.is_accepted()));
    };
    let accepted: Vec<_> = work.assignments.iter().filter(|it| it.is_accepted()).cloned().collect();
    for it in &accepted {
        tell_freed(work, &held, it.expert).await?;
    }
    work.assignments.retain(|it| !it.is_accepted());
    withdraw_live(work, Some(&held)).await?;
    work.assignments.extend(accepted);
    work.save(&held.release()?).await?;
    Ok(false)
}

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
        let reason = "もう一人の専門家が交代し、日時を決め直すため";
        work.mail_expert(expert, MailEvent::Cancelled { side: ReaderSide::Expert, appointment, reason })?;
    }
    Ok(())
}

/// Returns the experts who cannot be asked in place of `leaving`.
fn unavailable(assignments: &[Assignment], leaving: ExpertId) -> BTreeSet<ExpertId> {
    let mut excluded = turned_down(assignments);
    excluded.insert(leaving);
    excluded.extend(assignments.iter().filter(|it| it.is_live()).map(|it| it.expert));
    excluded
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
