//! Locks: a network that fails too often is locked out of an account. The owner's known devices are not, and no other
//! network is.
use chrono::{DateTime, Utc};
use domain::accounts::{FAILURES_UNTIL_LOCK, LOCK_TOLD_ONCE_IN, lock_time};
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
        accounts::{account::Credentials, sign_in_failure::SignInFailures},
    },
};

/// Returns whether this browser is locked out of the account.
pub async fn is_locked(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: &Credentials,
    browser: &Browser<'_>,
) -> Result<bool, Problem> {
    let failures = store::accounts::sign_in_failure::of(tx, found.account.id, &key(app, browser)).await?;
    let locked = failures.locked_until.is_some_and(|until| context.now < until);
    Ok(locked && !browser::is_known(tx, context, &found.account, browser).await?)
}

/// Counts a wrong password or code. The last one that is forgiven locks the network out, and the owner is told, once a
/// day at most. The caller has locked the account's row.
pub async fn note_failure(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: &Credentials,
    browser: &Browser<'_>,
) -> Result<(), Problem> {
    let (now, account, network) = (context.now, &found.account, key(app, browser));
    let before = store::accounts::sign_in_failure::of(tx, account.id, &network).await?;
    let after = one_more(&before, now);
    let locks = after.locks > before.locks;
    store::accounts::sign_in_failure::save(tx, account.id, network, &after, now).await?;
    let is_news = found.lock_told_at.is_none_or(|at| at + LOCK_TOLD_ONCE_IN <= now);
    if locks && is_news {
        store::accounts::account::save_lock_told(tx, account.id, now).await?;
        let news = SecurityNews::Locked { network: browser.network };
        notice::tell(app, tx, context, account, news).await?;
    }
    Ok(())
}

/// Forgets the failures of this network, because the person has signed in from it. A lock stays: a known device gets in
/// from a network from which another person guesses.
pub async fn forgive(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: &Credentials,
    browser: &Browser<'_>,
) -> Result<(), Problem> {
    let (id, network) = (found.account.id, key(app, browser));
    let failures = store::accounts::sign_in_failure::of(tx, id, &network).await?;
    if failures.locked_until.is_none_or(|until| until <= context.now) {
        store::accounts::sign_in_failure::delete(tx, id, &network).await?;
    }
    Ok(())
}

fn one_more(before: &SignInFailures, now: DateTime<Utc>) -> SignInFailures {
    let failures = before.failures + 1;
    if failures < FAILURES_UNTIL_LOCK {
        return SignInFailures { failures, ..before.clone() };
    }
    let locks = before.locks.saturating_add(1);
    SignInFailures { failures: 0, locks, locked_until: Some(now + lock_time(locks)) }
}

/// Returns the key of the network in the table, from which no reader learns the network.
fn key(app: &App, browser: &Browser<'_>) -> String {
    app.secret.pseudonym(&format!("sign-in/{}", browser.network))
}
