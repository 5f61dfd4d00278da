//! Takes back a further appointment that was planned and is not wished for any more.
use std::collections::BTreeSet;

use domain::{
    booking::appointment::Appointment,
    consultation::{Action, ActionKind, State},
    id::{ConsultationId, ExpertId},
};

use super::{
    held::{HeldAppointments, held},
    report::plan_follow_ups,
};
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        booking::notices::notify_experts_cancelled,
        case::{actor::ActorAt, save::AskedAgain, transaction::CaseTransaction},
        consultation::correction::restore_fields,
        routing::requests::withdraw,
    },
    problem::Problem,
    store,
};

/// Takes the further appointment back. The consultation goes on after the appointments that took place: their report is
/// due, or their questions are asked as planned before.
pub async fn take_back(app: &App, id: ConsultationId, by: impl Into<ActorAt>) -> Result<(), Problem> {
    let actor_at = by.into();
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    work.check(ActionKind::DropFurtherAppointment, actor_at.actor)?;
    let history = store::audit::event::of(work.read(), id).await?;
    let held = held(&work).await?;
    let act = Action::DropFurtherAppointment {
        planned: work.record.consultation.may_drop_further(
            actor_at.actor.party(),
            !held.all.is_empty(),
            store::audit::event::plan_steps(&history),
        ),
        reported: held.is_reported,
    };
    work.act(act, actor_at.actor, None)?;
    // The owed field is not wished for any more.
    (work.record.owed, work.record.next_field) = (None, None);
    restore_fields(&mut work, actor_at.actor, &history).await?;
    let carried_out = held.all.iter().flat_map(|it| it.experts.iter().copied()).collect();
    release_planned(&mut work, &carried_out).await?;
    ask_again(&mut work, &held).await?;
    let portal = work.portal()?;
    work.mail_company(MailEvent::FurtherDropped { portal: &portal })?;
    work.commit().await?;
    Ok(())
}

/// Asks the questions again that were dropped after the appointments that took place, if the consultation is followed up.
pub async fn ask_again(work: &mut CaseTransaction<'_>, held: &HeldAppointments) -> Result<(), Problem> {
    if work.record.consultation.state != State::FollowUp {
        return Ok(());
    }
    let round = i16::try_from(work.record.appointments_done).unwrap_or(i16::MAX);
    work.save(AskedAgain(work.record.consultation.id, round)).await?;
    match held.all.last() {
        Some(last) => plan_follow_ups(work, last).await,
        None => Ok(()),
    }
}

/// Releases the time and the experts of the further appointment, and tells each of them once. The experts who carried an
/// appointment out keep their assignment, which shows it.
async fn release_planned(
    work: &mut CaseTransaction<'_>,
    carried_out: &BTreeSet<ExpertId>,
) -> Result<(), Problem> {
    let held = work.appointment.take();
    let planned: Vec<_> =
        work.live().filter(|it| !it.is_accepted() || !carried_out.contains(&it.expert)).cloned().collect();
    withdraw(work, planned, held.as_ref()).await?;
    let Some(held) = held else { return Ok(()) };
    let released = held.release()?;
    work.save(&released).await?;
    let accepted = work.accepted();
    let experts = released.experts.iter().copied().filter(|it| accepted.contains(it)).collect();
    notify_experts_cancelled(work, &Appointment { experts, ..released }, DROPPED, (None, &[]))
}

/// The reason that experts are given when a time is lost that they had accepted for a further appointment.
const DROPPED: &str = "次回の相談を取りやめたため";
