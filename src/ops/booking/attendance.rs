//! Records that one of two experts did not come: the other one held the appointment, and the company is still owed the
//! field of the absent one.
use domain::{
    booking::appointment::Appointment,
    consultation::{Action, ActionKind},
    field::{Field, Fields},
    id::{ConsultationId, ExpertId},
};

use super::{
    appointment::{ask_for_report, begin_change, record_expert_no_show, when},
    notices::notify_expert_missed_part,
};
use crate::{
    app::App,
    ops::{
        case::{actor::ActorAt, transaction::CaseTransaction},
        routing::requests::withdraw_substitute_request,
    },
    problem::Problem,
    store,
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
    work.record.owed = owed_by(&work, &held);
    ask_for_report(&mut work, &held)?;
    work.await_response();
    notify_expert_missed_part(&mut work, &held, by, false)?;
    work.commit().await?;
    Ok(())
}

/// Returns the field that the absent expert of an appointment owes: one that the other expert did not give.
pub fn owed_by(work: &CaseTransaction<'_>, held: &Appointment) -> Option<Field> {
    let absent = held.absent?;
    let given = |expert: ExpertId| -> Option<Fields> {
        let theirs = work.assignments.iter().filter(|it| it.expert == expert).map(|it| it.fields);
        theirs.reduce(Fields::union)
    };
    let present = held.present().filter_map(given).reduce(Fields::union);
    let left = given(absent)?;
    let left = present.map_or(Some(left), |it| left.without(it))?;
    left.iter().find(|it| work.record.consultation.fields.contains(*it))
}

/// Sets the field that is owed anew, after an outcome was recorded or corrected: that of the latest appointment that one
/// of two experts held, unless an appointment took place since that makes up for it. `changed` is as it is now.
pub async fn follow_owed(work: &mut CaseTransaction<'_>, changed: &Appointment) -> Result<(), Problem> {
    let mut all = store::booking::appointment::of(work.read(), work.record.consultation.id).await?;
    for it in &mut all {
        if it.id == changed.id {
            *it = changed.clone();
        }
    }
    let took_place = |it: &&Appointment| it.state == domain::booking::appointment::AppointmentState::Done;
    let mut owed = None;
    all.sort_by_key(|it| it.starts_at);
    for it in all.iter().filter(took_place) {
        if it.makes_up {
            owed = None;
        }
        owed = owed_by(work, it).or(owed);
    }
    work.record.owed = owed;
    Ok(())
}
