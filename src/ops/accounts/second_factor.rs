//! The second factor of an account: setting it up, checking its codes, and resetting it.
use domain::{
    accounts::{CODES_CLOSED, WRONG_CODES_UNTIL_CLOSED},
    id::AccountId,
};
use sea_orm::DatabaseTransaction;

use super::{browser::Browser, lock, notice};
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    problem::Problem,
    secret::one_time_code::{self, plain},
    store::{
        self,
        accounts::{
            account::{Account, Credentials},
            second_factor::SecondFactor,
            session::Holder,
        },
    },
};

/// A secret that a person is about to enter into an application.
#[derive(Debug)]
pub struct NewSecret {
    /// The secret in Base32.
    pub secret: String,
    /// The secret as the form carries it: encrypted for the account.
    pub encrypted: String,
}

/// Returns a new secret for an account. Nothing is stored until a code confirms it.
pub fn new_secret(app: &App, id: AccountId) -> Result<NewSecret, Problem> {
    let secret = one_time_code::new_secret().map_err(|err| Problem::Internal(err.into()))?;
    let encrypted = app.secret.encrypt(id.0, &secret)?;
    Ok(NewSecret { secret, encrypted })
}

/// Returns the secret that a form carries; `None` if it is not for this account.
pub fn of_form(app: &App, id: AccountId, encrypted: &str) -> Option<NewSecret> {
    let secret = app.secret.decrypt(id.0, encrypted)?;
    Some(NewSecret { secret, encrypted: encrypted.to_owned() })
}

/// Sets up the factor if `code` is one of the new secret, and returns the recovery codes, which are stored as hashes
/// alone. Returns `None` for a wrong code.
pub async fn set_up(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    (new, code): (&NewSecret, &str),
) -> Result<Option<Vec<String>>, Problem> {
    let now = context.now;
    let Some(last_step) = one_time_code::step_of(&new.secret, &plain(code), now)? else { return Ok(None) };
    let id = account.id;
    if store::accounts::second_factor::find(tx, id).await?.is_some() {
        return Err(Problem::Refused("2段階認証は、すでに設定されています。".to_owned()));
    }
    let (codes, hashes) = new_codes(app, id)?;
    let secret = new.encrypted.clone();
    let factor = SecondFactor { secret, last_step, wrong_codes: 0, wrong_at: None, created_at: now };
    store::accounts::second_factor::insert(tx, id, factor, hashes).await?;
    notice::tell(app, tx, context, account, SecurityNews::FactorSet).await?;
    Ok(Some(codes))
}

/// Returns new recovery codes in the place of the earlier ones.
pub async fn renew_codes(app: &App, tx: &DatabaseTransaction, id: AccountId) -> Result<Vec<String>, Problem> {
    let (codes, hashes) = new_codes(app, id)?;
    store::accounts::second_factor::replace_codes(tx, id, hashes).await?;
    Ok(codes)
}

/// Uses up a code of the application or a recovery code. Returns false for a wrong one, for one that was used before, and
/// for any code from an origin that is locked out. Wrong ones count as wrong passwords do. Those from devices that are not
/// known count together besides: the person who types them knows the password and may have many networks. The caller has
/// locked the account's row, and commits also if the code was wrong.
pub async fn check(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: &Credentials,
    browser: &Browser<'_>,
    typed: &str,
) -> Result<bool, Problem> {
    let (now, account) = (context.now, &found.account);
    let Some(factor) = store::accounts::second_factor::find(tx, account.id).await? else { return Ok(false) };
    let origin = lock::origin(app, tx, context, (&account.email, Some(account)), browser).await?;
    let is_recent = factor.wrong_at.is_some_and(|at| now < at + CODES_CLOSED);
    let closed = is_recent && factor.wrong_codes >= WRONG_CODES_UNTIL_CLOSED;
    if closed && !origin.is_known_device || lock::is_locked(tx, context, &origin).await? {
        return Ok(false);
    }
    if accept(app, tx, context, (account.id, &factor), typed).await? {
        if !closed {
            store::accounts::second_factor::save_wrong_codes(tx, account.id, 0, None).await?;
        }
        return Ok(true);
    }
    lock::note_failure(app, tx, context, Some(found), &origin, browser).await?;
    if !origin.is_known_device {
        let wrong = if is_recent { factor.wrong_codes + 1 } else { 1 };
        store::accounts::second_factor::save_wrong_codes(tx, account.id, wrong, Some(now)).await?;
        if wrong == WRONG_CODES_UNTIL_CLOSED {
            let news = SecurityNews::CodesClosed { network: browser.network };
            notice::tell(app, tx, context, account, news).await?;
        }
    }
    Ok(false)
}

/// Uses up a code. Returns false for a wrong one and for one that was used before.
async fn accept(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    (id, factor): (AccountId, &SecondFactor),
    typed: &str,
) -> Result<bool, Problem> {
    let code = plain(typed);
    let step = match app.secret.decrypt(id.0, &factor.secret) {
        Some(secret) => one_time_code::step_of(&secret, &code, context.now)?,
        // The key of the service is another one than when the factor was set up. A recovery code is hashed under it too.
        None => None,
    };
    match step {
        Some(step) => Ok(store::accounts::second_factor::use_step(tx, id, step).await?),
        None => {
            let hash = recovery_hash(app, id, &code);
            Ok(store::accounts::second_factor::use_code(tx, id, &hash, context.now).await?)
        }
    }
}

/// Removes the factor of another person, who has lost it, ends the person's sessions, and forgets the known devices, which may
/// be lost with it.
pub async fn reset(app: &App, id: AccountId, by: AccountId) -> Result<Account, Problem> {
    if id == by {
        return Err(Problem::Refused("自分の2段階認証は、ほかの管理者が解除します。".to_owned()));
    }
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let found = store::accounts::account::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if !store::accounts::second_factor::delete(&tx, id).await? {
        return Err(Problem::Refused("2段階認証は、設定されていません。".to_owned()));
    }
    store::accounts::session::revoke_all(&tx, &Holder::Account(id), context.now).await?;
    store::accounts::known_device::forget_of(&tx, id, context.now).await?;
    notice::tell(app, &tx, &context, &found.account, SecurityNews::FactorReset).await?;
    tx.commit().await?;
    Ok(found.account)
}

/// Returns new recovery codes and their hashes.
fn new_codes(app: &App, id: AccountId) -> Result<(Vec<String>, Vec<String>), Problem> {
    let codes = one_time_code::recovery_codes().map_err(|err| Problem::Internal(err.into()))?;
    let hashes = codes.iter().map(|it| recovery_hash(app, id, it)).collect();
    Ok((codes, hashes))
}

fn recovery_hash(app: &App, id: AccountId, code: &str) -> String {
    app.secret.pseudonym(&format!("recovery/{id}/{code}"))
}
