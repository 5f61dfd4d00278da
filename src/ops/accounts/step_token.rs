//! The token that proves the password in the second step of a sign-in. Nothing is stored for it; it ends by time, and with
//! the password.
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use uuid::Uuid;

use crate::{app::App, problem::Problem, secret::Purpose, store::accounts::account::Credentials};

/// The time after the password within which the second step is made.
const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Returns the token of an account whose password was right.
pub fn make(app: &App, found: &Credentials, now: DateTime<Utc>) -> Result<String, Problem> {
    let signed = app.secret.sign(Purpose::SecondStep, proof(app, found)?, now + LASTS);
    Ok(format!("{}.{signed}", found.account.id))
}

/// Returns the account that a token names. `check` tells whether the token is ours.
pub fn account(token: &str) -> Result<AccountId, Problem> {
    let named = token.split_once('.').and_then(|(id, _)| Uuid::parse_str(id).ok());
    named.map(AccountId).ok_or(Problem::Expired)
}

/// Fails unless the token was made for this account with its present password, and has not expired.
pub fn check(app: &App, token: &str, found: &Credentials, now: DateTime<Utc>) -> Result<(), Problem> {
    let signed = token.split_once('.').map(|(_, it)| it).unwrap_or_default();
    let subject = app.secret.verify(Purpose::SecondStep, signed, now);
    let is_ours = found.account.active && subject == Some(proof(app, found)?);
    if is_ours { Ok(()) } else { Err(Problem::Expired) }
}

/// Returns a keyed hash of the account and its password's hash.
fn proof(app: &App, found: &Credentials) -> Result<Uuid, Problem> {
    let hash = found.password_hash.as_deref().unwrap_or_default();
    let proof = app.secret.pseudonym(&format!("second-step/{}/{hash}", found.account.id));
    Uuid::parse_str(&proof).map_err(|err| Problem::Internal(err.into()))
}
