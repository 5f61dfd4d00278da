//! Takes back a further appointment that was planned and is not wished for any more.
use domain::{
    consultation::{Action, ActionKind, State},
    id::ConsultationId,
};

use super::{
    held::{HeldAppointments, held},
    report::plan_follow_ups,
};
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        case::{actor::ActorAt, save::AskedAgain, transaction::CaseTransaction},
        routing::requests::withdraw_unanswered,
    },
    problem::Problem,
    store,
};

/// Takes the further appointment back. The consultation goes on after the appointments that took place: their report is
/// due, or their questions are asked as planned before.
pub async fn take_back(app: &App, id: ConsultationId, by: impl Into<ActorAt>) -> Result<(), Problem> {
    let acting = by.into();
    let mut work = CaseTransaction::begin_for(app, id, acting).await?;
    work.check(ActionKind::DropFurtherSession, acting.actor)?;
    let history = store::audit::event::of(work.read(), id).await?;
    let held = held(&work).await?;
    let act = Action::DropFurtherSession {
        planned: !held.all.is_empty() && store::audit::event::plans_further(&history),
        reported: held.is_reported,
    };
    work.act(act, acting.actor, None)?;
    let hold = work.appointment.take();
    withdraw_unanswered(&mut work, hold.as_ref()).await?;
    if let Some(hold) = hold {
        work.save(&hold.release()?).await?;
    }
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
