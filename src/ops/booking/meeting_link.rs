//! The meeting link of an online appointment: the expert's standing link, or another one for this appointment.
use domain::{
    actor::Actor,
    booking::appointment::Appointment,
    consultation::correction::{CorrectedField, Correction, CorrectionRefused},
    id::{ConsultationId, ExpertId},
    text::TextLine,
};
use entity::correction;

use super::notices::{notify_meeting_link, plan_reminders};
use crate::{
    app::App,
    ops::case::{actor::ActorAt, save::NewCorrection, transaction::CaseTransaction},
    problem::Problem,
    store,
};

/// Gives a confirmed appointment another meeting link. Both sides get it with an updated calendar entry, and the
/// planned reminders are written anew.
pub async fn change(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    link: &str,
    reason: Option<&TextLine>,
) -> Result<(), Problem> {
    let actor_at = by.into();
    let mut work = CaseTransaction::begin_for(app, id, actor_at).await?;
    if matches!(actor_at.actor, Actor::Expert(expert) if !work.accepted().contains(&expert)) {
        return Err(Problem::NotFound);
    }
    let old = ahead(&work)?.place;
    if old != link {
        let it = Correction { field: CorrectedField::MeetingLink, old, new: link.to_owned() };
        change_in(&mut work, actor_at.actor, &it, (None, reason)).await?;
        work.commit().await?;
    }
    Ok(())
}

/// Takes a change of the meeting link back, as part of another operation. `seq` is the position of its event; it comes
/// with the reason for taking it back.
pub async fn restore(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    back: &Correction,
    (seq, reason): (i32, Option<&TextLine>),
) -> Result<(), Problem> {
    if ahead(work)?.place != back.old {
        return Err(CorrectionRefused::Corrected { field: back.field }.into());
    }
    change_in(work, by, back, (Some(seq), reason)).await
}

/// Returns the online appointment that is not over yet.
fn ahead(work: &CaseTransaction<'_>) -> Result<Appointment, Problem> {
    let now = work.now();
    let ahead = work.appointment.clone().filter(|it| it.is_online_ahead(now));
    ahead.ok_or_else(|| Problem::Refused("接続先を変更できるオンラインの予約はありません。".to_owned()))
}

async fn change_in(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    it: &Correction,
    (undoes, reason): (Option<i32>, Option<&TextLine>),
) -> Result<(), Problem> {
    let changed = ahead(work)?.meet_at(it.new.clone())?;
    work.save(&changed).await?;
    notify_meeting_link(work, &changed)?;
    plan_reminders(work, &changed)?;
    let seq = work.next_seq();
    let done = if undoes.is_some() { "の変更を取り消しました" } else { "を変更しました" };
    work.note(by, format!("オンライン相談の接続先{done}"));
    work.save(NewCorrection(correction::Model {
        consultation_id: work.record.consultation.id.0,
        seq,
        field: it.field.into(),
        old_value: Some(it.old.clone()),
        new_value: Some(it.new.clone()),
        reason: reason.map(|it| it.as_str().to_owned()),
        undoes,
        company_before: None,
        confirmed_before: None,
    }))
    .await
}

/// Replaces an expert's standing meeting link in every future appointment that uses the old one, and gives it to those that
/// have none, if `old` is empty. If an appointment cannot be changed, this is logged and it keeps its link; the remaining
/// ones are still changed.
pub async fn follow_standing(app: &App, expert: ExpertId, old: &str, new: &str) -> Result<(), Problem> {
    if new.is_empty() || old == new {
        return Ok(());
    }
    for id in store::booking::appointment::with_meeting_link(&app.db, expert, old, app.clock.now()).await? {
        if let Err(err) = change(app, id, Actor::System, new, None).await {
            tracing::error!(error = ?err, consultation.id = %id, "could not change the meeting link of an appointment");
        }
    }
    Ok(())
}
