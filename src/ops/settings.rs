//! What an administrator sets for a fiscal year.
use chrono::NaiveDate;
use domain::{id::AccountId, number::FiscalYear, settings::Settings, text::Line};

use crate::{app::App, problem::Problem, store};

/// Saves the settings of a year; `Stale` where somebody saved them since `version`.
///
/// What is due already keeps the deadline that it was given: the trace of a deadline says by which rule it was
/// reckoned.
pub async fn save(
    app: &App,
    year: FiscalYear,
    settings: &Settings,
    version: i32,
    by: AccountId,
) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    if !store::programme::save_settings(&tx, year, settings, version, by, now).await? {
        return Err(Problem::Stale);
    }
    tx.commit().await?;
    Ok(())
}

pub async fn add_closing_day(app: &App, date: NaiveDate, note: &Line) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::programme::add_closing_day(&tx, date, note.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn remove_closing_day(app: &App, date: NaiveDate) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::programme::remove_closing_day(&tx, date).await?;
    tx.commit().await?;
    Ok(())
}
