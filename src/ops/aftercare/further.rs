//! Takes back a further appointment that was planned and is not wished for any more.
use domain::{
    aftercare::report::ReportState,
    booking::appointment::AppointmentState,
    consultation::{Action, ActionKind, State},
    id::ConsultationId,
};

use super::report::plan_follow_ups;
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
    let appointments = store::booking::appointment::of(work.read(), id).await?;
    let reports = store::aftercare::report::of(work.read(), id).await?;
    let history = store::audit::event::of(work.read(), id).await?;
    let done: Vec<_> = appointments.iter().filter(|it| it.state == AppointmentState::Done).collect();
    let is_approved = |appointment| {
        let approved = |it: &ReportState| matches!(it, ReportState::Approved { .. });
        reports.iter().any(|it| it.appointment == appointment && approved(&it.state))
    };
    let act = Action::DropFurtherSession {
        planned: !done.is_empty() && store::audit::event::plans_further(&history),
        reported: done.iter().all(|it| is_approved(it.id)),
    };
    work.act(act, acting.actor, None)?;
    let held = work.appointment.take();
    withdraw_unanswered(&mut work, held.as_ref()).await?;
    if let Some(held) = held {
        work.save(&held.release()?).await?;
    }
    if work.record.consultation.state == State::FollowUp {
        let round = i16::try_from(work.record.appointments_done).unwrap_or(i16::MAX);
        work.save(AskedAgain(id, round)).await?;
        if let Some(last) = done.last() {
            plan_follow_ups(&mut work, last).await?;
        }
    }
    let portal = work.portal()?;
    work.mail_company(MailEvent::FurtherDropped { portal: &portal })?;
    work.commit().await?;
    Ok(())
}
