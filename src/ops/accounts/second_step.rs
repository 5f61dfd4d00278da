//! The second step of a sign-in, which a token leads to that proves the right password.
use domain::id::AccountId;
use sea_orm::DatabaseTransaction;

use super::{
    account::{SignedIn, let_in},
    browser::Browser,
    lock,
    second_factor::{self, NewSecret},
    sign_in_attempt,
};
use crate::{
    app::App,
    ops::case::context::Context,
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        accounts::account::{Account, Credentials},
    },
};

/// Returns the account that a token lets take the second step.
pub async fn account(app: &App, token: &str) -> Result<Account, Problem> {
    let id = app.secret.verify(Purpose::SecondStep, token, app.clock.now()).ok_or(Problem::Expired)?;
    let account = store::accounts::account::find(&app.db, AccountId(id)).await?;
    account.filter(|it| it.active).ok_or(Problem::Expired)
}

/// Signs in with a code of the application or a recovery code. Returns `None` for a wrong code and from a network that is
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
    let locked = lock::is_locked(app, &tx, &context, &found, browser).await?;
    if locked || !second_factor::accept(app, &tx, &context, found.account.id, code).await? {
        if !locked {
            lock::note_failure(app, &tx, &context, &found, browser).await?;
        }
        tx.commit().await?;
        return Ok(None);
    }
    sign_in_attempt::take_back(&tx, &attempt).await?;
    let signed_in = let_in(app, &tx, &context, found, browser).await?;
    tx.commit().await?;
    Ok(Some(signed_in))
}

/// Sets up the factor that the role needs and signs in. Returns the recovery codes besides, and `None` for a wrong code.
pub async fn set_up(
    app: &App,
    token: &str,
    (new, code): (&NewSecret, &str),
    browser: &Browser<'_>,
) -> Result<Option<(SignedIn, Vec<String>)>, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let found = begin(app, &tx, &context, token).await?;
    let codes = second_factor::set_up(app, &tx, &context, &found.account, (new, code)).await?;
    let Some(codes) = codes else { return Ok(None) };
    let signed_in = let_in(app, &tx, &context, found, browser).await?;
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
    let id = app.secret.verify(Purpose::SecondStep, token, context.now).ok_or(Problem::Expired)?;
    let found = store::accounts::account::lock(tx, AccountId(id)).await?;
    found.filter(|it| it.account.active).ok_or(Problem::Expired)
}
