//! Applications for a time of a consultation day: the same drafts and appointments as any, limited to the times of the
//! day's experts.
use domain::{
    booking::appointment::Appointment,
    gathering::GatheringKind,
    id::{DraftId, PublicationId},
};
use sea_orm::ConnectionTrait;

use super::begin;
use crate::{
    app::App,
    ops::booking::slot_offers::DayOnly,
    problem::Problem,
    store::{self, consultation::Origin, gathering::Gathering, intake::draft::Draft},
};

/// Starts a draft that asks for a time of a consultation day.
pub async fn start_on_day(app: &App, network: String, day: PublicationId) -> Result<DraftId, Problem> {
    let event = store::gathering::find(&app.db, day).await?;
    let now = app.clock.now();
    if !event.is_some_and(|it| is_open(&it) && now < it.deadline) {
        return Err(Problem::Refused("この個別相談会の受付は終わりました。".to_owned()));
    }
    begin(app, network, Some(day)).await
}

/// Returns the consultation day to which a draft is limited. One that is called off has no times any more.
pub(super) async fn day_of(db: &impl ConnectionTrait, draft: &Draft) -> Result<Option<DayOnly>, Problem> {
    let Some(id) = draft.day else { return Ok(None) };
    let event = store::gathering::find(db, id).await?.ok_or(Problem::NotFound)?;
    let experts = if is_open(&event) { event.experts } else { Vec::new() };
    Ok(Some(DayOnly { from: event.starts_at, until: event.ends_at, experts }))
}

/// Returns the way by which a draft comes in: a consultation day, if it holds a time of one.
pub(super) const fn origin_of(draft: &Draft, held: Option<&Appointment>) -> Origin {
    if draft.day.is_some() && held.is_some() { Origin::Event } else { Origin::Web }
}

fn is_open(event: &Gathering) -> bool {
    event.kind == GatheringKind::ConsultationDay && event.called_off.is_none()
}
