//! Reads experts' external calendars when they are due, and writes bookings into them.
use futures_util::future::join_all;

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
    let mut due = store::calendars::external::due(&app.db, now, AT_ONCE).await?;
    for id in store::calendars::external::entry::sources_behind(&app.db, now).await? {
        if !due.contains(&id) {
            due.push(id);
        }
    }
    let looked = join_all(due.into_iter().map(|id| ops::calendars::external::refresh(app, id))).await;
    let mut any = false;
    for outcome in looked {
        match outcome {
            Ok(outcome) => any |= matches!(outcome, RefreshOutcome::Read | RefreshOutcome::Failed(_)),
            Err(err) => tracing::error!(error = ?err, "could not refresh an external calendar"),
        }
    }
    Ok(any)
}
