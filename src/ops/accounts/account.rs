//! Accounts, sessions and single-use links.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    accounts::SIGNED_IN_AT_MOST,
    actor::Role,
    id::{AccountId, ConsultationId, DeskId, ExpertId},
    intake::contact::EmailAddress,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{
    browser::{self, Browser},
    lock, notice, sign_in_attempt, unstaffed_desk,
};
use crate::{
    app::App,
    mail::mail_event::SecurityNews,
    ops::case::context::Context,
    password::Password,
    problem::Problem,
    secret::{self, token, token_hash},
    store::{
        self,
        accounts::{
            account::{Account, Credentials},
            link::Purpose,
            session::{Holder, SessionPlace},
        },
        reference::revision::RevisedPart,
    },
};

/// The time for which a session of an account lasts at most.
pub const STAFF_SESSION: TimeDelta = SIGNED_IN_AT_MOST;
/// The time for which a session of a company's contact lasts.
pub const COMPANY_SESSION: TimeDelta = TimeDelta::days(30);
/// The time for which a link that sets a password is valid.
pub const PASSWORD_LINK: TimeDelta = TimeDelta::days(7);
/// The time for which a link that signs a company's contact in is valid.
pub const COMPANY_LINK: TimeDelta = TimeDelta::days(30);

/// The time after the password within which the second step of a sign-in is made.
const SECOND_STEP: TimeDelta = TimeDelta::minutes(10);

/// A signed-in account, with the values of its new cookies.
#[derive(Debug)]
pub struct SignedIn {
    pub token: String,
    /// The cookie of a browser from which the account had not signed in before.
    pub device: Option<String>,
    pub account: Account,
}

/// The result of a password at sign-in.
#[derive(Debug)]
pub enum SignIn {
    /// The address is unknown, the password wrong, or the account locked or inactive: the answer does not tell which.
    Refused,
    SignedIn(SignedIn),
    /// The password was right. The token proves it for the second step, which asks for a code.
    CodeWanted(String),
    /// The password was right, and the role needs a second factor that the account does not have yet. The token proves it
    /// for the second step, which sets the factor up.
    FactorWanted(String),
}

/// The data of an account that is to be created.
#[derive(Debug)]
pub struct NewAccount {
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    /// The desk: required for the role `Desk`, and refused for any other role.
    pub desk: Option<DeskId>,
}

/// A link that was created for an account. The token is stored nowhere else.
#[derive(Debug)]
pub struct Invitation {
    pub account: Account,
    pub token: String,
}

/// Whether an administrator can sign in to a new service, or how one will.
#[derive(Debug)]
pub enum SetUp {
    Done,
    /// The account was given a link before that is still valid.
    LinkGiven(Account),
    Link(Invitation),
}

/// The result of using a company's link: the value of the new cookie, and the consultation whose address the link
/// confirms.
#[derive(Debug)]
pub struct CompanySignedIn {
    pub token: String,
    pub email_key: String,
    pub confirms: Option<ConsultationId>,
}

/// Signs an account in, or asks for its second step. An unknown address, a wrong password, and a locked or inactive account
/// are refused alike. The attempt takes a place and is counted against its network before the password is hashed.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    browser: &Browser<'_>,
) -> Result<SignIn, Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let place = app.guard.place(browser.address)?;
    let attempt = sign_in_attempt::count(app, browser.address, now).await?;
    let email_key = email_key(email);
    let known = store::accounts::account::credentials(&app.db, &email_key).await?;
    let hash = known.and_then(|it| it.password_hash);
    let right = app.guard.verify(place, password, hash.as_deref()).await?;

    let tx = app.begin().await?;
    let found = store::accounts::account::lock_credentials(&tx, &email_key).await?;
    let Some(found) = found.filter(|it| it.password_hash == hash) else { return Ok(SignIn::Refused) };
    let locked = lock::is_locked(app, &tx, &context, &found, browser).await?;
    if !right || locked || !found.account.active {
        if !right && !locked && found.account.active {
            lock::note_failure(app, &tx, &context, &found, browser).await?;
        }
        tx.commit().await?;
        return Ok(SignIn::Refused);
    }
    sign_in_attempt::take_back(&tx, &attempt).await?;
    let id = found.account.id;
    let has_factor = store::accounts::second_factor::find(&tx, id).await?.is_some();
    if has_factor || app.config.second_factor.contains(&found.account.role) {
        tx.commit().await?;
        let token = app.secret.sign(secret::Purpose::SecondStep, id.0, now + SECOND_STEP);
        return Ok(if has_factor { SignIn::CodeWanted(token) } else { SignIn::FactorWanted(token) });
    }
    let signed_in = let_in(app, &tx, &context, found, browser).await?;
    tx.commit().await?;
    Ok(SignIn::SignedIn(signed_in))
}

/// Opens a session for a person who has proved to be the account's owner.
pub async fn let_in(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    found: Credentials,
    browser: &Browser<'_>,
) -> Result<SignedIn, Problem> {
    lock::forgive(app, tx, context, &found, browser).await?;
    if let Some(previous) = browser.previous {
        store::accounts::session::revoke(tx, &token_hash(previous), context.now).await?;
    }
    let account = found.account;
    let device = browser::remember(app, tx, context, &account, browser).await?;
    let token = open_session_at(tx, &Holder::Account(account.id), Some(browser.place()), context.now).await?;
    Ok(SignedIn { token, device, account })
}

/// Ends the session of one cookie, whether it belongs to an account or to a company's contact.
pub async fn sign_out(app: &App, cookie: &str) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::accounts::session::revoke(&tx, &token_hash(cookie), app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of an account or a contact.
pub async fn revoke_all(app: &App, holder: &Holder) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::accounts::session::revoke_all(&tx, holder, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Activates an account, or deactivates it with immediate effect.
///
/// Mail that waits for the account is dropped in a transaction of its own, so that no transaction waits for both the
/// account and the outbox. Until then the worker does not send it either.
pub async fn set_active(app: &App, id: AccountId, active: bool) -> Result<(), Problem> {
    let now = app.clock.now();
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let account = store::accounts::account::find(&tx, id).await?.ok_or(Problem::NotFound)?;
    store::accounts::account::save_active(&tx, id, active).await?;
    if !active {
        unstaffed_desk::tell_center(app, &context, &tx, &account).await?;
    }
    if account.role == Role::Expert {
        store::reference::revision::touch(&tx, RevisedPart::Experts).await?;
        if !active {
            store::routing::expert::save_feed(&tx, ExpertId(id.0), None).await?;
            store::calendars::external::close(&tx, ExpertId(id.0), now).await?;
        }
    }
    if !active {
        store::accounts::session::revoke_all(&tx, &Holder::Account(id), now).await?;
        store::accounts::link::void_of(&tx, id, now).await?;
        if account.role == Role::Administrator && !store::accounts::account::any_administrator(&tx).await? {
            return Err(Problem::Refused("最後の管理者は、利用を停止できません。".to_owned()));
        }
    }
    tx.commit().await?;
    let programme = app.programme().await?;
    // The center's mailbox stays, even if an account has its address.
    if !active && !account.email.eq_ignore_ascii_case(&programme.settings_at(now).center_email) {
        let tx = app.begin().await?;
        store::correspondence::outbox::suppress_to(&tx, &account.email, "the account is not active").await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Creates an account and the link that sets its password.
pub async fn invite(app: &App, new: &NewAccount) -> Result<Invitation, Problem> {
    let tx = app.begin().await?;
    let invitation = invite_within(&tx, new, app.clock.now()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Creates an account and its link as `invite` does, for a caller that writes more in the same transaction, such as an
/// expert's row or the mail.
pub async fn invite_within(
    tx: &DatabaseTransaction,
    new: &NewAccount,
    now: DateTime<Utc>,
) -> Result<Invitation, Problem> {
    let email_key = new.email.key();
    if store::accounts::account::find_by_email(tx, &email_key).await?.is_some() {
        return Err(Problem::Refused("このメールアドレスは、すでに登録されています。".to_owned()));
    }
    let account = Account {
        id: AccountId(Uuid::now_v7()),
        email: new.email.as_str().to_owned(),
        name: new.name.clone(),
        role: new.role,
        desk: new.desk,
        active: true,
        has_password: false,
    };
    store::accounts::account::insert(tx, &account, email_key, now).await?;
    let token = password_link(tx, account.id, now).await?;
    Ok(Invitation { account, token })
}

/// Creates a new link for an existing account. Earlier links become invalid.
pub async fn invite_again(app: &App, id: AccountId) -> Result<Invitation, Problem> {
    let tx = app.begin().await?;
    let invitation = invite_again_within(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Creates a new link as `invite_again` does, for a caller that writes more in the same transaction.
pub async fn invite_again_within(
    tx: &DatabaseTransaction,
    id: AccountId,
    now: DateTime<Utc>,
) -> Result<Invitation, Problem> {
    let account = store::accounts::account::find(tx, id).await?.ok_or(Problem::NotFound)?;
    let token = password_link(tx, id, now).await?;
    Ok(Invitation { account, token })
}

/// Creates a link for an administrator if no account can sign in as one, and none was given a link that is still valid:
/// what a start prints may be kept as a log, so that no start repeats it. An administrator account that waits for its
/// password gets the link; if there is none, one is created with the address `email`.
pub async fn set_up(app: &App, email: &EmailAddress) -> Result<SetUp, Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    if store::accounts::account::any_administrator(&tx).await? {
        return Ok(SetUp::Done);
    }
    let waiting = store::accounts::account::waiting_administrator(&tx).await?;
    if let Some(account) = &waiting
        && store::accounts::link::any_open(&tx, account.id, now).await?
    {
        return Ok(SetUp::LinkGiven(account.clone()));
    }
    let invitation = match waiting {
        Some(account) => {
            let token = password_link(&tx, account.id, now).await?;
            Invitation { account, token }
        }
        None => {
            let (email, name) = (email.clone(), Role::Administrator.label().to_owned());
            let new = NewAccount { email, name, role: Role::Administrator, desk: None };
            invite_within(&tx, &new, now).await?
        }
    };
    tx.commit().await?;
    Ok(SetUp::Link(invitation))
}

/// Returns the account whose password a link would set. Changes nothing.
pub async fn password_link_account(app: &App, token: &str) -> Result<Account, Problem> {
    let purpose = store::accounts::link::open(&app.db, &token_hash(token), app.clock.now()).await?;
    let Some(Purpose::SetPassword(id)) = purpose else { return Err(Problem::Expired) };
    let account = store::accounts::account::find(&app.db, id).await?;
    account.filter(|it| it.active).ok_or(Problem::Expired)
}

/// Sets the password by a link. The link is used up, and every session and every other link of the account ends. The owner
/// is told if there was a password before.
pub async fn set_password(app: &App, token: &str, password: Password) -> Result<Account, Problem> {
    let hash = app.guard.hash(password).await?;
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let purpose = store::accounts::link::spend(&tx, &token_hash(token), now).await?;
    let Some(Purpose::SetPassword(id)) = purpose else { return Err(Problem::Expired) };
    let account =
        store::accounts::account::find(&tx, id).await?.filter(|it| it.active).ok_or(Problem::Expired)?;
    store::accounts::account::save_password(&tx, id, hash).await?;
    store::accounts::sign_in_failure::delete_of(&tx, id).await?;
    store::accounts::session::revoke_all(&tx, &Holder::Account(id), now).await?;
    store::accounts::link::void_of(&tx, id, now).await?;
    if account.has_password {
        notice::tell(app, &tx, &context, &account, SecurityNews::PasswordChanged).await?;
    }
    tx.commit().await?;
    Ok(account)
}

/// Creates a link for a company's contact and returns its token. The caller sends the mail in the same transaction.
pub async fn company_link(
    tx: &DatabaseTransaction,
    purpose: &Purpose,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    new_link(tx, purpose, now, COMPANY_LINK).await
}

/// Returns what a company's link would do. Changes nothing.
pub async fn peek_link(app: &App, token: &str) -> Result<Purpose, Problem> {
    let purpose = store::accounts::link::open(&app.db, &token_hash(token), app.clock.now()).await?;
    purpose.filter(|it| !matches!(it, Purpose::SetPassword(_))).ok_or(Problem::Expired)
}

/// Uses up a company's link and signs its contact in. The caller confirms the address if the link is for that, and
/// commits.
pub async fn spend_link(
    tx: &DatabaseTransaction,
    token: &str,
    previous: Option<&str>,
    now: DateTime<Utc>,
) -> Result<CompanySignedIn, Problem> {
    let (email_key, confirms) = match store::accounts::link::spend(tx, &token_hash(token), now).await? {
        Some(Purpose::SignIn { email_key }) => (email_key, None),
        Some(Purpose::Confirm { email_key, consultation }) => (email_key, Some(consultation)),
        Some(Purpose::SetPassword(_)) | None => return Err(Problem::Expired),
    };
    if let Some(previous) = previous {
        store::accounts::session::revoke(tx, &token_hash(previous), now).await?;
    }
    let token = open_session(tx, &Holder::Contact(email_key.clone()), now).await?;
    Ok(CompanySignedIn { token, email_key, confirms })
}

/// Opens a session and returns the value of its cookie.
pub async fn open_session(
    tx: &DatabaseTransaction,
    holder: &Holder,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    open_session_at(tx, holder, None, now).await
}

async fn open_session_at(
    tx: &DatabaseTransaction,
    holder: &Holder,
    place: Option<SessionPlace>,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    let lasts = match holder {
        Holder::Account(_) => STAFF_SESSION,
        Holder::Contact(_) => COMPANY_SESSION,
    };
    let token = token().map_err(|err| Problem::Internal(err.into()))?;
    store::accounts::session::insert(tx, token_hash(&token), holder, place, now, now + lasts).await?;
    Ok(token)
}

async fn password_link(
    tx: &DatabaseTransaction,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    store::accounts::link::void_of(tx, account, now).await?;
    new_link(tx, &Purpose::SetPassword(account), now, PASSWORD_LINK).await
}

async fn new_link(
    tx: &DatabaseTransaction,
    purpose: &Purpose,
    now: DateTime<Utc>,
    lasts: TimeDelta,
) -> Result<String, Problem> {
    let token = token().map_err(|err| Problem::Internal(err.into()))?;
    store::accounts::link::insert(tx, token_hash(&token), purpose, now, now + lasts).await?;
    Ok(token)
}

/// Returns the key by which accounts are found by address; an empty key, which matches no account, for an invalid
/// address.
fn email_key(email: &str) -> String {
    EmailAddress::parse(email).map(|it| it.key()).unwrap_or_default()
}
