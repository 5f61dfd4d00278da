//! Records that one of two experts did not come: the other one held the appointment, and the company is still owed the
//! field of the absent one.
use domain::{
    consultation::{Action, ActionKind},
    id::{ConsultationId, ExpertId},
};

use super::{
    appointment::{ask_for_report, begin_change, record_expert_no_show, when},
    notices::notify_expert_missed_part,
    owed_field::owed_by,
};
use crate::{
    app::App,
    ops::{case::actor::ActorAt, routing::requests::withdraw_substitute_request},
    problem::Problem,
};

/// Records that `absent`, or with `None` every expert, did not come to the appointment.
pub async fn record_absent_expert(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    absent: Option<ExpertId>,
) -> Result<(), Problem> {
    match absent {
        Some(absent) => record_partly_done(app, id, by, absent).await,
        None => record_expert_no_show(app, id, by).await,
    }
}

/// Records that one of two experts held the appointment without the other. The expert who came writes the report. The
/// center has to respond: the field of the absent one is still owed.
async fn record_partly_done(
    app: &App,
    id: ConsultationId,
    by: impl Into<ActorAt>,
    absent: ExpertId,
) -> Result<(), Problem> {
    let (mut work, by) = begin_change(app, id, by, ActionKind::RecordPartlyDone).await?;
    let before = work.appointment.clone().ok_or(Problem::NotFound)?;
    let held = before.clone().partly_done(absent)?;
    let name = work.context.experts.name(absent).to_owned();
    let note = format!("{}の相談：{name}さんは来ませんでした", when(&before));
    work.act(Action::RecordPartlyDone { starts_at: before.starts_at }, by, Some(note))?;
    withdraw_substitute_request(&mut work, &before).await?;
    work.save(&held).await?;
    work.record.appointments_done += 1;
    work.record.owed = owed_by(&work, &held).await?;
    ask_for_report(&mut work, &held)?;
    work.await_response();
    notify_expert_missed_part(&mut work, &held, by, false)?;
    work.commit().await?;
    Ok(())
}
