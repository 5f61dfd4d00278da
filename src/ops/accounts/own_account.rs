//! A person's own account: the change of the password, the second factor, and the sessions.
use std::net::IpAddr;

use super::{
    notice,
    second_factor::{self, NewSecret},
    sign_in_attempt,
};
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    password::Password,
    problem::Problem,
    store::{self, accounts::account::Account},
};

/// Returns whether this is the password of a person who is signed in. Wrong ones count against the network.
pub async fn is_own_password(
    app: &App,
    account: &Account,
    password: &str,
    network: IpAddr,
) -> Result<bool, Problem> {
    let place = app.guard.place(network)?;
    let attempt = sign_in_attempt::count(app, network, app.clock.now()).await?;
    let hash = store::accounts::account::password_hash(&app.db, account.id).await?;
    let right = app.guard.verify(place, password, hash.as_deref()).await?;
    if right {
        let tx = app.begin().await?;
        sign_in_attempt::take_back(&tx, &attempt).await?;
        tx.commit().await?;
    }
    Ok(right)
}

/// Changes the password, ends every session but the one with the cookie's hash `here`, and tells the owner. The caller has
/// asked for the present password.
pub async fn change_password(
    app: &App,
    account: &Account,
    here: &str,
    password: Password,
) -> Result<(), Problem> {
    let hash = app.guard.hash(password).await?;
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    store::accounts::account::lock(&tx, account.id).await?.ok_or(Problem::NotFound)?;
    store::accounts::account::save_password(&tx, account.id, hash).await?;
    store::accounts::session::revoke_others(&tx, account.id, here, context.now).await?;
    store::accounts::link::void_of(&tx, account.id, context.now).await?;
    notice::tell(app, &tx, &context, account, SecurityNews::PasswordChanged).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets up a second factor and returns its recovery codes; `None` for a wrong code.
pub async fn set_up_factor(
    app: &App,
    account: &Account,
    new: &NewSecret,
    code: &str,
) -> Result<Option<Vec<String>>, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    store::accounts::account::lock(&tx, account.id).await?.ok_or(Problem::NotFound)?;
    let codes = second_factor::set_up(app, &tx, &context, account, (new, code)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the second factor if the code is right. Returns whether it was. Wrong ones count against the network.
pub async fn remove_factor(
    app: &App,
    account: &Account,
    code: &str,
    network: IpAddr,
) -> Result<bool, Problem> {
    let attempt = sign_in_attempt::count(app, network, app.clock.now()).await?;
    let right = second_factor::remove(app, account, code).await?;
    if right {
        let tx = app.begin().await?;
        sign_in_attempt::take_back(&tx, &attempt).await?;
        tx.commit().await?;
    }
    Ok(right)
}

/// Ends the session with this hash of its cookie, if it is one of the account's.
pub async fn end_session(app: &App, account: &Account, token_hash: &str) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::accounts::session::revoke_of(&tx, account.id, token_hash, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of the account but the one with this hash of its cookie.
pub async fn end_other_sessions(app: &App, account: &Account, here: &str) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::accounts::session::revoke_others(&tx, account.id, here, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Records that a page was read with the session with this hash of its cookie.
pub async fn note_use(app: &App, token_hash: &str) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::accounts::session::save_use(&tx, token_hash, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
