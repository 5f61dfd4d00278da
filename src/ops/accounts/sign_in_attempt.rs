//! The limit of failed sign-ins from one network. An attempt is counted before its password is checked and taken back if
//! it succeeds, so that attempts at the same time cannot pass the limit together.
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseTransaction;

use crate::{app::App, password::subscriber, problem::Problem, store};

/// The number of attempts in a window that may fail.
const FAILURES_OF_NETWORK: i32 = 40;
/// The time for which an attempt counts.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// An attempt that was counted.
#[derive(Debug)]
pub struct CountedAttempt {
    network: String,
    /// The beginning of the window in which it was counted.
    since: DateTime<Utc>,
}

/// Counts an attempt of the subscriber with this address. Refused, and not counted, if too many have failed or are under
/// way.
pub async fn count(app: &App, address: IpAddr, now: DateTime<Utc>) -> Result<CountedAttempt, Problem> {
    let network = app.secret.pseudonym(&format!("sign-in/{}", subscriber(address)));
    let tx = app.begin().await?;
    let window = store::accounts::sign_in_attempt::count(&tx, &network, now - WINDOW, now).await?;
    if window.count > FAILURES_OF_NETWORK {
        tx.rollback().await?;
        return Err(Problem::TooMany);
    }
    tx.commit().await?;
    Ok(CountedAttempt { network, since: window.since })
}

/// Takes back an attempt that has succeeded.
pub async fn take_back(tx: &DatabaseTransaction, attempt: &CountedAttempt) -> Result<(), Problem> {
    Ok(store::accounts::sign_in_attempt::take_back(tx, &attempt.network, attempt.since).await?)
}
