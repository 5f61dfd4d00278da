//! Locks: a network from which signing in to an account fails too often is locked out of that account. A known device
//! counts for itself, so that the failures of other people do not lock it out, and its own do. An address without an
//! account is counted alike, so that neither the answer nor its time tells whether there is one.
use chrono::{DateTime, Utc};
use domain::{
    accounts::{FAILURES_UNTIL_LOCK, LOCK_TOLD_ONCE_IN, lock_time},
    intake::contact::EmailAddress,
};
use sea_orm::DatabaseTransaction;

use super::{
    browser::{self, Browser},
    notice,
};
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        accounts::{
            account::{Account, Credentials},
            sign_in_failure::SignInFailures,
        },
    },
};

/// The origin of a sign-in to one account: a known device, or a network.
#[derive(Debug)]
pub struct SignInOrigin {
    /// The keyed hash of the account's address.
    account: String,
    /// The keyed hash of the device or of the network.
    origin: String,
    pub is_known_device: bool,
}

/// Returns the origin of a sign-in with the address `email`, to which `account` belongs if there is one.
pub async fn origin(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    (email, account): (&str, Option<&Account>),
    browser: &Browser<'_>,
) -> Result<SignInOrigin, Problem> {
    let device = match account {
        Some(account) => browser::known_device(tx, context, account, browser).await?,
        None => None,
    };
    let origin = match &device {
        Some(device) => format!("sign-in-device/{device}"),
        None => format!("sign-in-network/{}", browser.network),
    };
    let (account, origin) = (account_key(app, email), app.secret.pseudonym(&origin));
    Ok(SignInOrigin { account, origin, is_known_device: device.is_some() })
}

/// Returns whether this origin is locked out of the account.
pub async fn is_locked(
    tx: &DatabaseTransaction,
    context: &Context,
    origin: &SignInOrigin,
) -> Result<bool, Problem> {
    let failures = store::accounts::sign_in_failure::of(tx, &origin.account, &origin.origin).await?;
    Ok(failures.locked_until.is_some_and(|until| context.now < until))
}

/// Counts a wrong password or code. The last one that is forgiven locks the origin out, and the owner of the account, if
/// there is one, is told, once a day at most. The caller has locked the account's row.
pub async fn note_failure(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: Option<&Credentials>,
    origin: &SignInOrigin,
    browser: &Browser<'_>,
) -> Result<(), Problem> {
    let now = context.now;
    let before = store::accounts::sign_in_failure::of(tx, &origin.account, &origin.origin).await?;
    let after = one_more(&before, now);
    let (account, from) = (origin.account.clone(), origin.origin.clone());
    store::accounts::sign_in_failure::save(tx, account, from, &after, now).await?;
    let is_news = |it: &Credentials| it.lock_told_at.is_none_or(|at| at + LOCK_TOLD_ONCE_IN <= now);
    if let Some(found) = found.filter(|it| after.locks > before.locks && is_news(it)) {
        store::accounts::account::save_lock_told(tx, found.account.id, now).await?;
        let news = SecurityNews::Locked { network: browser.network };
        notice::tell(app, tx, context, &found.account, news).await?;
    }
    Ok(())
}

/// Forgets the failures of an origin, because the person has signed in from it.
pub async fn forgive(tx: &DatabaseTransaction, origin: &SignInOrigin) -> Result<(), Problem> {
    Ok(store::accounts::sign_in_failure::delete(tx, &origin.account, &origin.origin).await?)
}

/// Forgets the failures of all origins with the account of this address.
pub async fn forgive_all(app: &App, tx: &DatabaseTransaction, email: &str) -> Result<(), Problem> {
    Ok(store::accounts::sign_in_failure::delete_of(tx, &account_key(app, email)).await?)
}

fn one_more(before: &SignInFailures, now: DateTime<Utc>) -> SignInFailures {
    let failures = before.failures + 1;
    if failures < FAILURES_UNTIL_LOCK {
        return SignInFailures { failures, ..before.clone() };
    }
    let locks = before.locks.saturating_add(1);
    SignInFailures { failures: 0, locks, locked_until: Some(now + lock_time(locks)) }
}

/// Returns the key of an address in the table, from which no reader learns the address.
fn account_key(app: &App, email: &str) -> String {
    let key = EmailAddress::parse(email).map(|it| it.key()).unwrap_or_default();
    app.secret.pseudonym(&format!("sign-in-account/{key}"))
}
