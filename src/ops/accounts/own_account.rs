//! A person's own account: the change of the password, the second factor, and the sessions.
use sea_orm::DatabaseTransaction;

use super::{
    browser::Browser,
    lock, notice,
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

/// Returns whether this is the password of a person who is signed in. Wrong ones count as at signing in.
pub async fn is_own_password(
    app: &App,
    account: &Account,
    password: &str,
    browser: &Browser<'_>,
) -> Result<bool, Problem> {
    let place = app.guard.place(browser.address)?;
    let context = Context::of(app).await?;
    let attempt = sign_in_attempt::count(app, browser.address, context.now).await?;
    let found = store::accounts::account::credentials_of(&app.db, account.id).await?;
    let hash = found.and_then(|it| it.password_hash);
    let right = app.guard.verify(place, password, hash.as_deref()).await?;

    let tx = app.begin().await?;
    let found = store::accounts::account::lock(&tx, account.id).await?.ok_or(Problem::NotFound)?;
    let whose = (account.email.as_str(), Some(&found.account));
    let origin = lock::origin(app, &tx, &context, whose, browser).await?;
    let locked = lock::is_locked(&tx, &context, &origin).await?;
    let right = right && found.password_hash == hash;
    if !right && !locked {
        lock::note_failure(app, &tx, &context, Some(&found), &origin, browser).await?;
    }
    if right && !locked {
        sign_in_attempt::take_back(&tx, &attempt).await?;
    }
    tx.commit().await?;
    Ok(right && !locked)
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

/// Removes the second factor on its owner's wish. Returns false if the code was wrong.
pub async fn remove_factor(
    app: &App,
    account: &Account,
    code: &str,
    browser: &Browser<'_>,
) -> Result<bool, Problem> {
    if app.config.second_factor.contains(&account.role) {
        return Err(Problem::Refused("あなたの役割では、2段階認証を解除できません。".to_owned()));
    }
    let context = Context::of(app).await?;
    let Some(tx) = with_code(app, &context, account, code, browser).await? else { return Ok(false) };
    store::accounts::second_factor::delete(&tx, account.id).await?;
    notice::tell(app, &tx, &context, account, SecurityNews::FactorRemoved).await?;
    tx.commit().await?;
    Ok(true)
}

/// Makes new recovery codes in the place of the earlier ones; `None` if the code was wrong.
pub async fn renew_recovery_codes(
    app: &App,
    account: &Account,
    code: &str,
    browser: &Browser<'_>,
) -> Result<Option<Vec<String>>, Problem> {
    let context = Context::of(app).await?;
    let Some(tx) = with_code(app, &context, account, code, browser).await? else { return Ok(None) };
    let codes = second_factor::renew_codes(app, &tx, account.id).await?;
    notice::tell(app, &tx, &context, account, SecurityNews::CodesRenewed).await?;
    tx.commit().await?;
    Ok(Some(codes))
}

/// Begins a transaction in which a right code is used up; `None` if it was wrong, which is kept.
async fn with_code(
    app: &App,
    context: &Context,
    account: &Account,
    code: &str,
    browser: &Browser<'_>,
) -> Result<Option<DatabaseTransaction>, Problem> {
    let attempt = sign_in_attempt::count(app, browser.address, context.now).await?;
    let tx = app.begin().await?;
    let found = store::accounts::account::lock(&tx, account.id).await?.ok_or(Problem::NotFound)?;
    if !second_factor::check(app, &tx, context, &found, browser, code).await? {
        tx.commit().await?;
        return Ok(None);
    }
    sign_in_attempt::take_back(&tx, &attempt).await?;
    Ok(Some(tx))
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
