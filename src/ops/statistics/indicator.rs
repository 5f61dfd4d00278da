//! The indicators that an administrator defines. Closed months keep the indicators that they had, so that the same edition
//! gives the same report.
use domain::{
    id::AccountId,
    statistics::{indicator::DefinedIndicator, month::EditionMonth},
};
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::statistics::{
        edition,
        indicator::{self, KeptIndicator},
    },
};

/// The most indicators that go on.
pub const MOST_INDICATORS: usize = 20;

/// Adds an indicator from the first month on that is not closed yet.
pub async fn define(app: &App, it: DefinedIndicator, by: AccountId) -> Result<(), Problem> {
    let (id, now) = (Uuid::now_v7(), app.clock.now());
    let tx = app.begin().await?;
    let going_on = indicator::all(&tx).await?.into_iter().filter(|it| it.until.is_none()).count();
    if going_on >= MOST_INDICATORS {
        let why = format!("指標は{MOST_INDICATORS}個までです。先に、使わない指標を終えてください。");
        return Err(Problem::Refused(why));
    }
    let from = edition::last_month(&tx).await?.map_or_else(|| EditionMonth::at(now), EditionMonth::next);
    let kept = KeptIndicator { id, indicator: it, from, until: None };
    indicator::insert(&tx, &kept, (by, now)).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends an indicator with the last closed month; one that stands in no edition is deleted. Doing so twice changes nothing.
pub async fn end(app: &App, id: Uuid) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let found = indicator::all(&tx).await?.into_iter().find(|it| it.id == id).ok_or(Problem::NotFound)?;
    if found.until.is_some() {
        return Ok(());
    }
    match edition::last_month(&tx).await?.filter(|last| found.from <= *last) {
        Some(last) => indicator::save_until(&tx, id, last).await?,
        None => indicator::delete(&tx, id).await?,
    }
    tx.commit().await?;
    Ok(())
}
