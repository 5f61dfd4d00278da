//! The meeting link of an online appointment: the expert's standing link, or another one for this appointment.
use domain::{
    actor::Actor,
    id::{ConsultationId, ExpertId},
};

use super::notices::{notify_meeting_link, plan_reminders};
use crate::{
    app::App,
    ops::case::{actor::ActorAt, transaction::CaseTransaction},
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
) -> Result<(), Problem> {
    let acting = by.into();
    let mut work = CaseTransaction::begin_for(app, id, acting).await?;
    if matches!(acting.actor, Actor::Expert(expert) if !work.accepted().contains(&expert)) {
        return Err(Problem::NotFound);
    }
    let now = work.now();
    let ahead = work.appointment.clone().filter(|it| it.is_online_ahead(now));
    let before = ahead
        .ok_or_else(|| Problem::Refused("接続先を変更できるオンラインの予約はありません。".to_owned()))?;
    if before.place == link {
        return Ok(());
    }
    let changed = before.meet_at(link.to_owned())?;
    work.save(&changed).await?;
    notify_meeting_link(&mut work, &changed)?;
    plan_reminders(&mut work, &changed)?;
    work.note(acting.actor, "オンライン相談の接続先を変更しました");
    work.commit().await?;
    Ok(())
}

/// Replaces an expert's standing meeting link in every future appointment that uses the old one. If an appointment
/// cannot be changed, this is logged and it keeps its link; the remaining ones are still changed.
pub async fn follow_standing(app: &App, expert: ExpertId, old: &str, new: &str) -> Result<(), Problem> {
    if old.is_empty() || new.is_empty() || old == new {
        return Ok(());
    }
    for id in store::booking::appointment::with_meeting_link(&app.db, expert, old, app.clock.now()).await? {
        if let Err(err) = change(app, id, Actor::System, new).await {
            tracing::error!(error = ?err, consultation.id = %id, "could not change the meeting link of an appointment");
        }
    }
    Ok(())
}
