//! Runs the occasional jobs: digests, deletion of expired data, release of stale calendars, and counts.
use crate::{app::App, ops, problem::Problem, store};

/// Removes the files that belong to no message. Returns whether there were any.
pub async fn sweep(app: &App) -> Result<bool, Problem> {
    let swept = ops::housekeeping::sweep_files(app).await?;
    if swept > 0 {
        tracing::info!(files = swept, "files without a message were removed: {swept}");
    }
    Ok(swept > 0)
}

/// Runs the jobs that are due. Returns whether anything was done.
pub async fn step(app: &App) -> Result<bool, Problem> {
    let forgotten = ops::housekeeping::forget_expired(app).await?;
    let dropped = ops::housekeeping::give_up_unconfirmed(app).await?;
    let daily = ops::worklist::digest::write(app).await?;
    let weekly = ops::worklist::digest::write_weekly(app).await?;
    let unblocked = ops::calendars::external::unblock_stale(app).await?;
    if forgotten > 0 {
        store::table_sizes::learn(&app.db).await?;
    }
    Ok(forgotten > 0 || dropped || daily || weekly || unblocked > 0)
}
