//! Forgetting what nobody may or need keep.
use chrono::TimeDelta;

use crate::{app::App, files, problem::Problem, store};

/// How long a file may lie without a message: whoever keeps one writes its row moments later.
pub const WITHOUT_ROW: TimeDelta = TimeDelta::days(1);
/// Files that the database is asked about at once.
const AT_ONCE: usize = 500;

/// Deletes drafts, sessions and links whose time is over. Says how many there were.
pub async fn forget_expired(app: &App) -> Result<u64, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let drafts = store::intake::draft::delete_expired(&tx, now).await?;
    let sessions = store::accounts::session::delete_expired(&tx, now).await?;
    let links = store::accounts::link::delete_expired(&tx, now).await?;
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
    let dropped = store::correspondence::outbox::fail_unconfirmed(&tx, limit, now).await?;
    tx.commit().await?;
    Ok(dropped > 0)
}

/// Takes away the files that belong to no message. Says how many there were.
///
/// Of one whose message is about to be written this is never true: keeping it says that it is wanted from now on, also
/// where it lay there already.
pub async fn sweep_files(app: &App) -> Result<u64, Problem> {
    let folder = &app.config.attachments.folder;
    let since = app.clock.now() - WITHOUT_ROW;
    let idle = files::idle(folder, since).await.map_err(anyhow::Error::from)?;
    idle.remove_unfinished().await.map_err(anyhow::Error::from)?;
    let mut swept = 0;
    for hashes in idle.whole.chunks(AT_ONCE) {
        let known = store::correspondence::attachment::known(&app.db, hashes).await?;
        for hash in hashes.iter().filter(|it| !known.contains(*it)) {
            let gone = files::forget(folder, hash, since).await.map_err(anyhow::Error::from)?;
            swept += u64::from(gone);
        }
    }
    Ok(swept)
}
