//! A field that leaves a consultation: its experts are released, the others keep their acceptance and the common time.
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode},
        notice::change_until,
    },
    consultation::{Action, State, correction::left_out},
    field::{Field, Fields},
    id::ExpertId,
    routing::assignment::Assignment,
};

use crate::{
    mail::mail_event::{MailEvent, ReaderSide, TimeNews},
    ops::{
        booking::notices::{appointment_text, cancel_invitation, plan_reminders},
        case::{save::ExchangedParticipation, transaction::CaseTransaction},
        routing::{assignment::settle, requests::withdraw_substitute_request},
    },
    problem::Problem,
};

/// Returns whether the experts of a field can still be released: before the appointment begins.
pub fn can_release(work: &CaseTransaction<'_>) -> bool {
    let has_begun = |it: &Appointment| it.is_confirmed() && it.starts_at <= work.now();
    is_before_appointment(&work.record.consultation.state)
        && !work.appointment.as_ref().is_some_and(has_begun)
}

/// Returns whether experts and a time are chosen in this state, or still to be chosen.
pub const fn is_before_appointment(state: &State) -> bool {
    matches!(
        state,
        State::Received
            | State::Checking
            | State::WaitingCompany
            | State::Matching
            | State::Scheduling
            | State::Booked
    )
}

/// Releases the experts of a field that has left the consultation, and lets it go on if the others cover what is left.
/// Each reader is told once. `before` are the fields until now.
pub async fn follow(work: &mut CaseTransaction<'_>, by: Actor, before: Fields) -> Result<(), Problem> {
    let fields = work.record.consultation.fields;
    let leaving: Vec<_> = left_out(fields, &work.assignments).cloned().collect();
    let was = work.appointment.clone();
    let released = release(work, &leaving, before).await?;
    let is_settled = go_on(work, by).await?;
    let stay = tell_those_who_stay(work, before, &leaving)?;
    if leaving.is_empty() && !is_settled && !stay {
        return Ok(());
    }
    if let Some(booked) = work.appointment.clone().filter(Appointment::is_confirmed)
        && was.as_ref() != Some(&booked)
    {
        tell_experts(work, &booked, was.as_ref().filter(|_| !is_settled))?;
        plan_reminders(work, &booked)?;
    }
    tell_company(work, before, &released, (was.as_ref(), is_settled))
}

/// Mails the experts who have the removed field besides one that is left. Returns whether there is one.
fn tell_those_who_stay(
    work: &mut CaseTransaction<'_>,
    before: Fields,
    leaving: &[Assignment],
) -> Result<bool, Problem> {
    let Some(removed) = before.without(work.record.consultation.fields) else { return Ok(false) };
    let had = |it: &&Assignment| {
        removed.iter().any(|of| it.fields.contains(of)) && leaving.iter().all(|of| of.id != it.id)
    };
    let stay: BTreeSet<_> = work.live().filter(had).map(|it| it.expert).collect();
    for &expert in &stay {
        work.mail_expert(expert, MailEvent::FieldsNarrowed { was: before })?;
    }
    Ok(!stay.is_empty())
}

/// Mails the company of a field that was added while a time is chosen or booked, for which there is no expert yet.
pub fn tell_of_added(work: &mut CaseTransaction<'_>, before: Fields, added: Fields) -> Result<(), Problem> {
    let portal = work.portal()?;
    let booked = work.appointment.clone();
    let names = booked.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
    work.mail_company(MailEvent::FieldsChanged {
        portal: &portal,
        was: before,
        missing: Some(added),
        released: &[],
        time: booked.as_ref().map(|it| (appointment_text(it, &names), TimeNews::Stands)),
        chooses: work.record.consultation.state == State::Scheduling,
    })?;
    Ok(())
}

/// Withdraws what is left out, takes its experts out of the time, and tells each of them. Returns the names of those of
/// whom the company knew.
async fn release(
    work: &mut CaseTransaction<'_>,
    leaving: &[Assignment],
    before: Fields,
) -> Result<Vec<String>, Problem> {
    let Some(removed) = before.without(work.record.consultation.fields) else { return Ok(Vec::new()) };
    let label = removed.iter().map(Field::label).collect::<Vec<_>>().join("、");
    let reason = format!("相談の分野から{label}が外れたため");
    let experts = leaving_experts(work, leaving);
    if leaving.iter().any(Assignment::is_asked_instead)
        && let Some(appointment) = work.appointment.clone()
    {
        withdraw_substitute_request(work, &appointment).await?;
    }
    let known = leaving.iter().filter(|it| it.is_accepted()).map(|it| it.expert);
    let known: Vec<_> = known.filter(|it| experts.contains(it)).collect();
    let mut notified = BTreeSet::new();
    for it in leaving.iter().filter(|it| !it.is_asked_instead()) {
        work.save_assignment(it.clone().withdraw(work.now())).await?;
        if !experts.contains(&it.expert) || !notified.insert(it.expert) {
            continue;
        }
        let left = match work.appointment.clone() {
            Some(held) if held.experts.contains(&it.expert) => {
                Some(cancel_invitation(work, held, it.expert).await?)
            }
            Some(_) | None => None,
        };
        let names = left.as_ref().map(|it| work.names(&it.experts)).unwrap_or_default();
        let slot = left.as_ref().map(|it| appointment_text(it, &names));
        work.mail_expert(it.expert, MailEvent::RequestWithdrawn { slot, reason: &reason })?;
    }
    for expert in experts {
        leave_time(work, expert).await?;
    }
    Ok(work.names(&known))
}

/// Returns the experts who keep nothing in the consultation.
fn leaving_experts(work: &CaseTransaction<'_>, leaving: &[Assignment]) -> BTreeSet<ExpertId> {
    let stays = |expert| work.live().any(|it| it.expert == expert && leaving.iter().all(|of| of.id != it.id));
    leaving.iter().map(|it| it.expert).filter(|it| !stays(*it)).collect()
}

/// The refusal to remove the field of a booking that no other expert has.
pub const ONLY_TEAM: &str =
    "この分野の専門家だけの予約があるため、分野から外せません。先に予約を取り消すか、担当を替えてください。";

/// Takes an expert out of the time that is held or booked. The others keep it; a time that no other expert has is released.
async fn leave_time(work: &mut CaseTransaction<'_>, expert: ExpertId) -> Result<(), Problem> {
    let Some(time) = work.appointment.clone().filter(|it| it.experts.contains(&expert)) else {
        return Ok(());
    };
    if time.experts.iter().all(|it| *it == expert) {
        if time.is_confirmed() {
            return Err(Problem::Refused(ONLY_TEAM.to_owned()));
        }
        work.save(&time.release()?).await?;
        work.appointment = None;
        return Ok(());
    }
    let after = if time.is_confirmed() {
        time.exchange_for(expert, &[])?
    } else {
        let experts = time.experts.iter().copied().filter(|it| *it != expert).collect();
        Appointment { experts, ..time }
    };
    let after = Appointment { place: place_without(work, &after, expert), ..after };
    work.save(ExchangedParticipation(&after, expert)).await?;
    work.appointment = Some(after);
    Ok(())
}

/// Returns the place without an expert: online, another expert's meeting link in place of the leaving one's.
fn place_without(work: &CaseTransaction<'_>, after: &Appointment, leaving: ExpertId) -> String {
    let link_of = |it| work.context.experts.get(it).map(|it| it.video_url.clone()).unwrap_or_default();
    match after.experts.first() {
        Some(&first) if after.mode == AppointmentMode::Online && after.place == link_of(leaving) => {
            link_of(first)
        }
        Some(_) | None => after.place.clone(),
    }
}

/// Goes on after experts were released: with those who have accepted everything that is left, or back to the center if
/// no expert is asked any more, or none is left with whom the company could choose a time. Returns whether it went on.
async fn go_on(work: &mut CaseTransaction<'_>, by: Actor) -> Result<bool, Problem> {
    if settle(work, by).await? {
        return Ok(true);
    }
    let asks = work.live().any(|it| !it.is_accepted());
    let state = &work.record.consultation.state;
    let is_left =
        *state == State::Matching && !asks || *state == State::Scheduling && work.accepted().is_empty();
    if is_left {
        work.act(Action::ReleaseExpert { another_asked: false }, by, None)?;
    }
    Ok(false)
}

/// Mails the experts who stay: that they have the appointment without the others, or that it is booked now.
fn tell_experts(
    work: &mut CaseTransaction<'_>,
    booked: &Appointment,
    was: Option<&Appointment>,
) -> Result<(), Problem> {
    let change_until = change_until(booked.starts_at, &work.context.settings, &work.context.calendar);
    let names = work.names(&booked.experts);
    let was = was.map(|it| work.names(&it.experts));
    let (side, appointment) = (ReaderSide::Expert, appointment_text(booked, &names));
    for &expert in &booked.experts {
        let event = match &was {
            Some(was) => MailEvent::ExpertChanged { side, appointment, was },
            None => MailEvent::Booked { side, appointment, change_until },
        };
        work.mail_expert(expert, event)?;
    }
    Ok(())
}

/// Mails the company once: the fields, who was released, what becomes of the time, and who acts next.
fn tell_company(
    work: &mut CaseTransaction<'_>,
    before: Fields,
    released: &[String],
    (was, is_settled): (Option<&Appointment>, bool),
) -> Result<(), Problem> {
    let portal = work.portal()?;
    let time = match (work.appointment.clone(), was) {
        (Some(it), _) if !it.is_confirmed() => Some((it, TimeNews::Kept)),
        (Some(it), _) if is_settled => Some((it, TimeNews::Booked)),
        (Some(it), _) => Some((it, TimeNews::Stands)),
        (None, Some(lost)) => Some((lost.clone(), TimeNews::Released)),
        (None, None) => None,
    };
    let chooses = work.record.consultation.state == State::Scheduling;
    // The company does not know of experts who are only asked.
    let names = work.appointment.as_ref().filter(|it| it.is_confirmed()).map(|it| work.names(&it.experts));
    let names = names.unwrap_or_default();
    work.mail_company(MailEvent::FieldsChanged {
        portal: &portal,
        was: before,
        missing: None,
        released,
        time: time.as_ref().map(|(it, news)| (appointment_text(it, &names), *news)),
        chooses,
    })?;
    Ok(())
}
