//! Checks of links to other sites: each link once a week. A fault is told to the editors and blocks nothing.
use chrono::TimeDelta;
use http::{HeaderMap, Method};

use crate::{
    app::App,
    fetch::{self, Ask, Failed},
    problem::Problem,
    store,
};

/// The time after which a link is checked again.
const INTERVAL: TimeDelta = TimeDelta::days(7);

/// Checks the link that is due first. Returns whether there was one.
pub async fn check_next(app: &App) -> Result<bool, Problem> {
    let due = store::publication::link_check::next_due(&app.db, app.clock.now() - INTERVAL).await?;
    let Some(due) = due else { return Ok(false) };
    let fault = fault(app, &due.address).await;
    let tx = app.begin().await?;
    store::publication::link_check::record(&tx, &due, fault.as_deref(), app.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns the words that say what is wrong with a link; `None` if its page answers. A page that asks for a sign-in
/// exists.
async fn fault(app: &App, address: &str) -> Option<String> {
    let answer = async {
        let ask = Ask {
            method: Method::GET,
            url: fetch::address(address)?,
            headers: HeaderMap::new(),
            body: String::new(),
            login: None,
        };
        app.fetch.fetch(ask).await?.succeeded()
    };
    match answer.await {
        Ok(_) | Err(Failed::NotLetIn | Failed::TooLarge) => None,
        Err(failed) => Some(failed.to_string()),
    }
}
