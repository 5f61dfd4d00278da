//! Whether this process can do its work: what it writes is there for whoever reads.
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{app::App, database, problem::Problem, store};

/// That all is well is good for so long: anybody may ask, and each check costs a write.
const GOOD_FOR: TimeDelta = TimeDelta::seconds(1);
/// The rows of processes that are gone are kept for so long.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);
/// A worker that has not been heard of for longer is taken for dead.
const LATEST_BEAT: TimeDelta = TimeDelta::minutes(2);

/// Returns why this process cannot work, as a line for its operator; `None` where it can. One check at a time, and while
/// all is well at most one a second.
pub async fn why_not(app: &App) -> Option<&'static str> {
    let mut well_at = app.readiness.well_at.lock().await;
    if well_at.is_some_and(|it| (app.clock.now() - it).abs() < GOOD_FOR) {
        return None;
    }
    // Whoever asks must not wait longer than for a page.
    let checked = tokio::time::timeout(app.config.page_limit.mul_f32(0.8), check(app)).await;
    let answer = checked.unwrap_or(Some("the database does not answer\n"));
    *well_at = answer.is_none().then(|| app.clock.now());
    answer
}

async fn check(app: &App) -> Option<&'static str> {
    match database::is_current(&app.db).await {
        Err(_) => return Some("the database cannot be reached\n"),
        Ok(false) => return Some("migrations are missing\n"),
        Ok(true) => (),
    }
    match is_kept(app).await {
        Err(err) => {
            tracing::error!(error = ?err, "the database cannot be written");
            return Some("the database cannot be written\n");
        }
        Ok(false) => return Some("what is written is not kept\n"),
        Ok(true) => (),
    }
    if !app.runs_worker {
        return None;
    }
    match store::heartbeat::any_since(&app.db, app.clock.now() - LATEST_BEAT).await {
        Ok(false) => Some("the worker is silent\n"),
        Ok(true) => None,
        Err(_) => Some("the database cannot be reached\n"),
    }
}

/// Writes through the connection for changes, and reads it back through one for pages.
async fn is_kept(app: &App) -> Result<bool, Problem> {
    let (process, token) = (app.readiness.process.to_string(), Uuid::new_v4().to_string());
    let now = app.clock.now();
    let tx = app.begin().await?;
    store::readiness::write(&tx, &process, &token, now, now - FORGOTTEN).await?;
    tx.commit().await?;
    Ok(store::readiness::token(&app.db, &process).await? == Some(token))
}
