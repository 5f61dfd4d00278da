//! Reads experts' external calendars when they are due, and writes bookings into them.
use codes::Job;
use futures_util::future::join_all;
use tracing::Instrument;
use uuid::Uuid;

use super::set_aside::SetAsideRows;
use crate::{
    app::App,
    ops::{self, calendars::external::RefreshOutcome},
    problem::Problem,
    store,
};

/// The most calendars that are read in one step, concurrently, so that one slow server does not delay the
/// others.
const AT_ONCE: u64 = 4;

/// Reads the calendars that are due. Returns whether there were any; a calendar that failed is due again
/// later.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let rows = SetAsideRows::of(app).await?;
    let left_alone = rows.left_alone(Job::RefreshCalendar);
    let mut due = store::calendars::external::due(&app.db, now, AT_ONCE).await?;
    for id in store::calendars::external::entry::sources_behind(&app.db, now).await? {
        if !due.contains(&id) {
            due.push(id);
        }
    }
    due.retain(|it| !left_alone.contains(it));
    let refresh = |id: Uuid| async move {
        let span = tracing::info_span!("row", job.name = Job::RefreshCalendar.code(), row.id = %id);
        (id, ops::calendars::external::refresh(app, id).instrument(span).await)
    };
    let mut any = false;
    for (id, outcome) in join_all(due.into_iter().map(refresh)).await {
        let is_done = |it: &RefreshOutcome| matches!(it, RefreshOutcome::Read | RefreshOutcome::Failed(_));
        any |= outcome.as_ref().is_ok_and(is_done);
        rows.settle(app, Job::RefreshCalendar, id, outcome.map(drop)).await?;
    }
    Ok(any)
}
