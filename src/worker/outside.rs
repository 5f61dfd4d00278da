//! Reads experts' calendars outside when their time has come, and writes bookings into them.
use crate::{
    app::App,
    ops::{self, outside::Outcome},
    problem::Problem,
    store,
};

/// How many are read in one step, so that nothing else waits for them for long.
const AT_ONCE: u64 = 3;

/// Reads what is due. Says whether anything was read.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let mut due = store::outside::due(&app.db, now, AT_ONCE).await?;
    for id in store::outside::entry::sources_behind(&app.db, now).await? {
        if !due.contains(&id) {
            due.push(id);
        }
    }
    let mut read = false;
    for id in due {
        match ops::outside::refresh(app, id).await {
            Ok(outcome) => read |= outcome == Outcome::Read,
            Err(err) => tracing::error!(error = ?err, "could not read a calendar outside"),
        }
    }
    Ok(read)
}
