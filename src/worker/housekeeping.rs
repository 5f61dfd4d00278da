//! What is done now and then: the digests, forgetting what is over, letting go of stale calendars, and counting
//! what is there.
use crate::{app::App, ops, problem::Problem, store};

/// Takes away the files that belong to no message. Says whether there were any.
pub async fn sweep(app: &App) -> Result<bool, Problem> {
    let swept = ops::housekeeping::sweep_files(app).await?;
    if swept > 0 {
        tracing::info!(files = swept, "files without a message were removed: {swept}");
    }
    Ok(swept > 0)
}

/// Does what is due. Says whether there was anything.
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
