//! Deletes data that may not or need not be kept any longer.
use chrono::TimeDelta;
use domain::{accounts, calendar::japan_date, intake::desk_entry, survey};

use crate::{
    app::App,
    files,
    ops::{self, accounts::sign_in_attempt},
    problem::Problem,
    store,
};

/// The time for which a file may exist without a row. The row of a stored file is written moments later.
pub const WITHOUT_ROW: TimeDelta = TimeDelta::days(1);
/// The time for which it is known that mails went to a domain, so that they can be paced. It is a minute in use.
const PACED: TimeDelta = TimeDelta::days(1);
/// The time for which an imported file waits to be taken.
const IMPORT_WAITS: TimeDelta = TimeDelta::days(7);
/// The number of files that one query looks up.
const AT_ONCE: usize = 500;

/// Deletes expired drafts, sessions and links, devices that were not used for long, old failures to sign in, sign-ups and
/// registrations that were not confirmed, answers to surveys that were never given, lapsed consents to surveys, counts of
/// attempts to sign in and of the mails of earlier days, and the domains to which mails went; erases who asked a desk long ago,
/// and forgets what is not set aside any more. Returns how many there were.
pub async fn forget_expired(app: &App) -> Result<u64, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let drafts = store::intake::draft::delete_expired(&tx, now).await?;
    let sessions = store::accounts::session::delete_expired(&tx, now).await?;
    let links = store::accounts::link::delete_expired(&tx, now).await?;
    store::accounts::known_device::delete_unused(&tx, now - accounts::DEVICE_REMEMBERED).await?;
    store::accounts::sign_in_failure::delete_old(&tx, now - accounts::FAILURES_REMEMBERED).await?;
    let sign_ups = store::gathering::sign_up::delete_unconfirmed(&tx, now).await?;
    let registrations = ops::campaign::forget_unproved(&tx, now).await?;
    let desk_entries = store::intake::desk_entry::erase(&tx, now - desk_entry::KEPT).await?;
    let network = ops::network::forget_unproved(&tx, now).await?;
    let answers = store::survey::response::delete_idle(&tx, now - survey::IDLE_KEPT).await?;
    let members = store::survey::member::delete_old(&tx, now).await?;
    store::correspondence::mail_budget::delete_before(&tx, japan_date(now)).await?;
    store::accounts::sign_in_attempt::delete_old(&tx, now - sign_in_attempt::WINDOW).await?;
    store::correspondence::outbox::forget_domains(&tx, now - PACED).await?;
    store::file_import::delete_waiting(&tx, now - IMPORT_WAITS).await?;
    store::set_aside::forget(&tx, now).await?;
    tx.commit().await?;
    Ok(drafts + sessions + links + sign_ups + registrations + desk_entries + answers + members + network)
}

/// Drops held mails to addresses that stayed unconfirmed for as long as a draft is kept. Returns whether there were
/// any.
pub async fn give_up_unconfirmed(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let programme = app.programme().await?;
    let limit = now - TimeDelta::days(i64::from(programme.settings_at(now).draft_days));
    let tx = app.begin().await?;
    let dropped = store::correspondence::outbox::fail_unconfirmed(&tx, limit, now).await?;
    tx.commit().await?;
    Ok(dropped > 0)
}

/// Deletes the files that belong to no message, no example and no telework month. Returns how many there were.
///
/// A file whose message is about to be written is never deleted: storing it renews its time, also if the file existed
/// already.
pub async fn sweep_files(app: &App) -> Result<u64, Problem> {
    let folder = &app.config.attachments.folder;
    let since = app.clock.now() - WITHOUT_ROW;
    let idle = files::idle(folder, since).await.map_err(anyhow::Error::from)?;
    idle.remove_unfinished().await.map_err(anyhow::Error::from)?;
    let mut swept = 0;
    for hashes in idle.whole.chunks(AT_ONCE) {
        let known = store::stored_files::known(&app.db, hashes).await?;
        for hash in hashes.iter().filter(|it| !known.contains(*it)) {
            let gone = files::forget(folder, hash, since).await.map_err(anyhow::Error::from)?;
            swept += u64::from(gone);
        }
    }
    Ok(swept)
}
