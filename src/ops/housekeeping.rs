//! Forgetting what nobody may or need keep.
use chrono::TimeDelta;

use crate::{app::App, problem::Problem, store};

/// Deletes drafts, sessions and links whose time is over. Says how many there were.
pub async fn forget_expired(app: &App) -> Result<u64, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let drafts = store::draft::delete_expired(&tx, now).await?;
    let sessions = store::session::delete_expired(&tx, now).await?;
    let links = store::link::delete_expired(&tx, now).await?;
    tx.commit().await?;
    Ok(drafts + sessions + links)
}

/// Drops messages that are held for addresses which nobody has confirmed as long as an application may wait. Says whether
/// there were any.
pub async fn give_up_unconfirmed(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let programme = app.programme().await?;
    let limit = now - TimeDelta::days(i64::from(programme.settings_at(now).draft_days));
    let tx = app.begin().await?;
    let dropped = store::outbox::give_up_unconfirmed(&tx, limit, now).await?;
    tx.commit().await?;
    Ok(dropped > 0)
}
