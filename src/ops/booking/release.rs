//! Releases a time that is kept for a consultation or a draft: on behalf of the center, or because its end has come.
use domain::{
    actor::Actor,
    booking::appointment::{Appointment, Owner},
    consultation::ActionKind,
    id::{AppointmentId, ConsultationId},
};

use super::notices::{TIME_LOST, notify_experts_cancelled, notify_released};
use crate::{app::App, ops::case::transaction::CaseTransaction, problem::Problem, store};

/// Releases, on behalf of a coordinator, a held slot for which no expert has been asked because none is free then.
pub async fn release_hold(app: &App, id: ConsultationId, version: i32, by: Actor) -> Result<(), Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    work.check(ActionKind::RequestExperts, by)?;
    let held = work
        .appointment
        .take()
        .ok_or_else(|| Problem::Refused("仮予約はありません。最新の内容を確認してください。".to_owned()))?;
    let released = held.release()?;
    work.save(&released).await?;
    notify_released(&mut work, &released)?;
    release_experts(&mut work, &released)?;
    work.note(by, "仮予約を解除しました");
    work.commit().await?;
    Ok(())
}

/// Releases a hold that has expired. The state of the consultation, if there is one, stays.
pub async fn release_expired(app: &App, id: AppointmentId) -> Result<(), Problem> {
    let Some(held) = store::booking::appointment::find(&app.db, id).await? else { return Ok(()) };
    match held.owner {
        // An offer ends with its answer or its deadline.
        Owner::Offer { .. } => {}
        Owner::Draft(draft) => {
            let now = app.clock.now();
            let tx = app.begin().await?;
            // A submission locks the draft and keeps the time for the consultation.
            store::intake::draft::lock(&tx, draft).await?;
            let current = store::booking::appointment::find(&tx, held.id).await?;
            let is_still_held = |it: &Appointment| it.owner == held.owner && it.has_expired(now);
            if let Some(it) = current.filter(is_still_held) {
                store::booking::appointment::save(&tx, &it.release()?, now).await?;
            }
            tx.commit().await?;
        }
        Owner::Consultation(id) => {
            let mut work = CaseTransaction::begin(app, id).await?;
            let expired = work.appointment.take().filter(|it| it.has_expired(work.now()));
            let Some(expired) = expired else { return Ok(()) };
            let released = expired.release()?;
            work.save(&released).await?;
            notify_released(&mut work, &released)?;
            release_experts(&mut work, &released)?;
            let why = if work.record.consultation.address_confirmed {
                "担当する専門家が決まらないまま期限を過ぎたため、仮予約を解除しました"
            } else {
                "連絡先が確認されないまま期限を過ぎたため、仮予約を解除しました"
            };
            work.note(Actor::System, why);
            work.commit().await?;
        }
    }
    Ok(())
}

/// Tells the experts who had accepted a time that it is released. Those who were only going to be asked know nothing of
/// it.
fn release_experts(work: &mut CaseTransaction<'_>, released: &Appointment) -> Result<(), Problem> {
    let accepted = work.accepted();
    let experts = released.experts.iter().copied().filter(|it| accepted.contains(it)).collect();
    notify_experts_cancelled(work, &Appointment { experts, ..released.clone() }, TIME_LOST, (None, &[]))
}
