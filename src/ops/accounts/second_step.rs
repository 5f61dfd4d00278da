//! The second step of a sign-in, which a token leads to that proves the right password.
use sea_orm::DatabaseTransaction;

use super::{
    account::{SignedIn, let_in},
    browser::Browser,
    lock,
    second_factor::{self, NewSecret},
    sign_in_attempt, step_token,
};
use crate::{
    app::App,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        accounts::account::{Account, Credentials},
    },
};

/// Returns the account that a token lets take the second step.
pub async fn account(app: &App, token: &str) -> Result<Account, Problem> {
    let found = store::accounts::account::credentials_of(&app.db, step_token::account(token)?).await?;
    let found = found.ok_or(Problem::Expired)?;
    step_token::check(app, token, &found, app.clock.now())?;
    Ok(found.account)
}

/// Signs in with a code of the application or a recovery code. Returns `None` for a wrong code and from an origin that is
/// locked out alike.
pub async fn enter_code(
    app: &App,
    token: &str,
    code: &str,
    browser: &Browser<'_>,
) -> Result<Option<SignedIn>, Problem> {
    let context = Context::of(app).await?;
    let attempt = sign_in_attempt::count(app, browser.address, context.now).await?;
    let tx = app.begin().await?;
    let found = begin(app, &tx, &context, token).await?;
    if !second_factor::check(app, &tx, &context, &found, browser, code).await? {
        tx.commit().await?;
        return Ok(None);
    }
    sign_in_attempt::take_back(&tx, &attempt).await?;
    let signed_in = let_in(app, &tx, &context, &found, browser).await?;
    tx.commit().await?;
    Ok(Some(signed_in))
}

/// Sets up the factor that the role needs and signs in. Returns the recovery codes besides, and `None` for a wrong code and
/// from an origin that is locked out alike.
pub async fn set_up(
    app: &App,
    token: &str,
    (new, code): (&NewSecret, &str),
    browser: &Browser<'_>,
) -> Result<Option<(SignedIn, Vec<String>)>, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let found = begin(app, &tx, &context, token).await?;
    let whose = (found.account.email.as_str(), Some(&found.account));
    let origin = lock::origin(app, &tx, &context, whose, browser).await?;
    if lock::is_locked(&tx, &context, &origin).await? {
        return Ok(None);
    }
    let codes = second_factor::set_up(app, &tx, &context, &found.account, (new, code)).await?;
    let Some(codes) = codes else { return Ok(None) };
    let signed_in = let_in(app, &tx, &context, &found, browser).await?;
    tx.commit().await?;
    Ok(Some((signed_in, codes)))
}

/// Locks the account that a token lets take the second step.
async fn begin(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    token: &str,
) -> Result<Credentials, Problem> {
    let found = store::accounts::account::lock(tx, step_token::account(token)?).await?;
    let found = found.ok_or(Problem::Expired)?;
    step_token::check(app, token, &found, context.now)?;
    Ok(found)
}
