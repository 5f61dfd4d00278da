//! Runs the occasional jobs: digests, deletion of expired data, release of stale calendars, and counts.
use super::run_logged;
use crate::{app::App, ops, problem::Problem, store};

/// Runs the occasional jobs that are due, except the search for files. Returns whether any of them did anything. None
/// of them keeps another from its work by a failure.
pub async fn step(app: &App) -> bool {
    let mut done = run_logged("forget_expired", forget_expired(app)).await;
    done |= run_logged("give_up_unconfirmed", ops::housekeeping::give_up_unconfirmed(app)).await;
    done |= run_logged("daily_digest", ops::worklist::digest::write(app)).await;
    done |= run_logged("weekly_digest", ops::worklist::digest::write_weekly(app)).await;
    done |= run_logged("readers", ops::publication::readers::keep(app)).await;
    done |= run_logged("unblock_calendars", unblock_calendars(app)).await;
    done
}

/// Removes the files that belong to no message. Returns whether there were any.
pub async fn sweep_files(app: &App) -> Result<bool, Problem> {
    let swept = ops::housekeeping::sweep_files(app).await?;
    if swept > 0 {
        tracing::info!(files = swept, "files without a message were removed: {swept}");
    }
    Ok(swept > 0)
}

/// Deletes what has expired, and counts the tables anew if there was anything. Returns whether there was.
pub async fn forget_expired(app: &App) -> Result<bool, Problem> {
    let forgotten = ops::housekeeping::forget_expired(app).await?;
    if forgotten > 0 {
        store::table_sizes::learn(&app.db).await?;
    }
    Ok(forgotten > 0)
}

/// Releases the times that external calendars block which cannot be read any more, if their expert wants that.
/// Returns whether there were any.
async fn unblock_calendars(app: &App) -> Result<bool, Problem> {
    Ok(ops::calendars::external::unblock_stale(app).await? > 0)
}
