//! Invites people who sign in with a password: creates the account and mails its link in one transaction.
use domain::{
    actor::Role,
    id::{AccountId, ExpertId},
    intake::contact::EmailAddress,
};
use sea_orm::DatabaseTransaction;

use super::account::{Invitation, NewAccount, PASSWORD_LINK, invite_again_within, invite_within};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::{
        case::context::Context,
        correspondence::mail_budget::{MailBudget, RequestedMail, ask, spend_reader},
    },
    problem::Problem,
    store::{self, accounts::account::Account, routing::expert::ExpertFacts},
};

/// Creates an account and mails the link that sets its password. `facts` are the routing facts of an expert: required
/// for the role `Expert`, and refused for any other role.
pub async fn invite(app: &App, new: &NewAccount, facts: Option<&ExpertFacts>) -> Result<Account, Problem> {
    if (new.role == Role::Expert) != facts.is_some() || (new.role == Role::Desk) != new.desk.is_some() {
        return Err(Problem::Unreadable);
    }
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let invitation = invite_within(&tx, new, now).await?;
    if let Some(facts) = facts {
        store::routing::expert::insert_facts(&tx, ExpertId(invitation.account.id.0), facts).await?;
    }
    post(app, &tx, &context, &invitation).await?;
    tx.commit().await?;
    Ok(invitation.account)
}

/// Mails a new link to an existing account. Earlier links become invalid.
pub async fn send_link(app: &App, id: AccountId) -> Result<Account, Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let invitation = invite_again_within(&tx, id, now).await?;
    if !invitation.account.active {
        return Err(Problem::Refused("利用を停止している人には、リンクを送れません。".to_owned()));
    }
    post(app, &tx, &context, &invitation).await?;
    tx.commit().await?;
    Ok(invitation.account)
}

/// Mails a link that sets a new password, if there is an account with this address. The answer tells neither whether
/// there is one nor whether the day's mails for the address or the network are used up. `network` is a keyed hash.
pub async fn send_forgotten(app: &App, email: &EmailAddress, network: &str) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let email_key = email.key();
    // The addresses of accounts are proved: an administrator has invited each.
    let requested = RequestedMail { scope: "password/", email_key: &email_key, network, proved: true };
    if ask(app, &tx, requested, &context.settings, now).await? == MailBudget::Spent {
        tx.commit().await?;
        return Ok(());
    }
    let account = store::accounts::account::find_by_email(&tx, &email_key).await?;
    if let Some(account) = account.filter(|it| it.active)
        && spend_reader(app, &tx, requested, &context.settings, now).await? == MailBudget::Within
    {
        let invitation = invite_again_within(&tx, account.id, now).await?;
        post(app, &tx, &context, &invitation).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn post(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    invitation: &Invitation,
) -> Result<(), Problem> {
    let account = &invitation.account;
    let link = app.site.set_password(&invitation.token);
    let expires_at = context.now + PASSWORD_LINK;
    let mail_event = if account.has_password {
        AccountMailEvent::PasswordReset { link: &link, expires_at }
    } else {
        AccountMailEvent::Invitation { link: &link, role: account.role.label(), expires_at }
    };
    let to = Recipient { address: &account.email, name: &account.name };
    context.mail(app, tx, mail_event, to).await
}
