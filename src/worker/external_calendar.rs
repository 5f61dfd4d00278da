//! Reads experts' calendars outside when their time has come, and writes bookings into them.
use futures_util::future::join_all;

use crate::{
    app::App,
    ops::{self, calendars::external::RefreshOutcome},
    problem::Problem,
    store,
};

/// How many are looked at in one step, side by side: one slow server does not keep the others waiting.
const AT_ONCE: u64 = 4;

/// Reads what is due. Says whether there was anything; what has failed is due again later.
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
