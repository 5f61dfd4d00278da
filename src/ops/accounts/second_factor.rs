//! The second factor of an account: setting it up, checking its codes, and removing it.
use domain::id::AccountId;
use sea_orm::DatabaseTransaction;

use super::notice;
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    problem::Problem,
    secret::one_time_code::{self, plain},
    store::{
        self,
        accounts::{account::Account, second_factor::SecondFactor, session::Holder},
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
    let codes = one_time_code::recovery_codes().map_err(|err| Problem::Internal(err.into()))?;
    let hashes = codes.iter().map(|it| recovery_hash(app, id, it)).collect();
    let factor = SecondFactor { secret: new.encrypted.clone(), last_step, created_at: now };
    store::accounts::second_factor::insert(tx, id, factor, hashes).await?;
    notice::tell(app, tx, context, account, SecurityNews::FactorSet).await?;
    Ok(Some(codes))
}

/// Uses up a code of the application or a recovery code. Returns false for a wrong one and for one that was used before.
pub async fn accept(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    id: AccountId,
    typed: &str,
) -> Result<bool, Problem> {
    let Some(factor) = store::accounts::second_factor::find(tx, id).await? else { return Ok(false) };
    let code = plain(typed);
    let secret = app.secret.decrypt(id.0, &factor.secret);
    let step = match secret {
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

/// Removes the factor on its owner's wish. Returns false if the code was wrong.
pub async fn remove(app: &App, account: &Account, code: &str) -> Result<bool, Problem> {
    if app.config.second_factor.contains(&account.role) {
        return Err(Problem::Refused("あなたの役割では、2段階認証を解除できません。".to_owned()));
    }
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    if !accept(app, &tx, &context, account.id, code).await? {
        return Ok(false);
    }
    store::accounts::second_factor::delete(&tx, account.id).await?;
    notice::tell(app, &tx, &context, account, SecurityNews::FactorRemoved).await?;
    tx.commit().await?;
    Ok(true)
}

/// Removes the factor of another person, who has lost it, ends the person's sessions, and forgets the known devices, which may
/// be lost with it.
pub async fn reset(app: &App, id: AccountId, by: AccountId) -> Result<Account, Problem> {
    if id == by {
        return Err(Problem::Refused("自分の2段階認証は、ほかの管理者が解除します。".to_owned()));
    }
    reset_by_operator(app, id).await
}

/// Removes the factor of an account as `reset` does, for the operator of the service: the only administrator may have lost
/// it.
pub async fn reset_by_operator(app: &App, id: AccountId) -> Result<Account, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let found = store::accounts::account::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if !store::accounts::second_factor::delete(&tx, id).await? {
        return Err(Problem::Refused("2段階認証は、設定されていません。".to_owned()));
    }
    store::accounts::session::revoke_all(&tx, &Holder::Account(id), context.now).await?;
    store::accounts::known_device::delete_of(&tx, id).await?;
    notice::tell(app, &tx, &context, &found.account, SecurityNews::FactorReset).await?;
    tx.commit().await?;
    Ok(found.account)
}

fn recovery_hash(app: &App, id: AccountId, code: &str) -> String {
    app.secret.pseudonym(&format!("recovery/{id}/{code}"))
}
