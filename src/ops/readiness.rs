//! Checks whether this process can work: whether the database can be read and written, and whether a worker runs.
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{app::App, database, problem::Problem, store};

/// The time for which a good result is reused: the check is open to the public, and each one costs a write.
const GOOD_FOR: TimeDelta = TimeDelta::seconds(1);
/// The time for which the rows of ended processes are kept.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);
/// The time without a heartbeat after which a worker is taken for dead.
const LATEST_HEARTBEAT: TimeDelta = TimeDelta::minutes(2);

/// Returns why this process cannot work, as a line for its operator; `None` if it can. Runs one check at a time, and at
/// most one a second while the process can work.
pub async fn why_not(app: &App) -> Option<&'static str> {
    let mut well_at = app.readiness.well_at.lock().await;
    if well_at.is_some_and(|it| (app.clock.now() - it).abs() < GOOD_FOR) {
        return None;
    }
    // The caller must not wait longer than for a page.
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
        Ok(false) => return Some("a row that was written cannot be read back\n"),
        Ok(true) => (),
    }
    if !app.runs_worker {
        return None;
    }
    match store::heartbeat::any_since(&app.db, app.clock.now() - LATEST_HEARTBEAT).await {
        Ok(false) => Some("the worker is silent\n"),
        Ok(true) => None,
        Err(_) => Some("the database cannot be reached\n"),
    }
}

/// Writes through the connection for changes, and checks that a connection for pages reads it back.
async fn is_kept(app: &App) -> Result<bool, Problem> {
    let (process, token) = (app.readiness.process.to_string(), Uuid::new_v4().to_string());
    let now = app.clock.now();
    let tx = app.begin().await?;
    store::readiness::write(&tx, &process, &token, now, now - FORGOTTEN).await?;
    tx.commit().await?;
    Ok(store::readiness::token(&app.db, &process).await? == Some(token))
}
