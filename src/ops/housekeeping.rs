//! Forgetting what nobody may or need keep.
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
