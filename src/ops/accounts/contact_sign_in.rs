//! How a company's contact comes in: by links, mailed on demand and spent once.
use domain::{actor::Actor, id::ConsultationId, intake::contact::EmailAddress};
use sea_orm::TransactionTrait;

use super::account::{CompanySignedIn, company_link, spend_link};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::{
        case::context::Context,
        correspondence::mail_budget::{MailBudget, spend},
    },
    problem::Problem,
    secret::token_hash,
    store::{self, accounts::link::Purpose},
};

/// What became of an address that a link should have confirmed.
#[derive(Debug)]
pub enum AddressConfirmation {
    /// Now, or earlier.
    Yes(ConsultationId),
    /// The link was an ordinary one, or the contact has another address by now.
    NotAsked,
    /// It has to be tried again; the page of the consultation offers that.
    Failed(ConsultationId),
}

/// Mails a link to whoever applied with this address, and does as much for an address that nobody knows: neither the
/// answer nor its time tells them apart. `network` is a keyed hash. `TooMany` where the day's mails are spent.
pub async fn request_link(app: &App, email: &EmailAddress, network: &str) -> Result<(), Problem> {
    let purpose = Purpose::SignIn { email_key: email.key() };
    mail_link(app, &purpose, email.as_str(), network).await
}

/// Mails a fresh link to the address of one that is used or over. The token alone says which address that is.
pub async fn renew_link(app: &App, token: &str, network: &str) -> Result<(), Problem> {
    let purpose = renewable(app, token).await?.ok_or(Problem::Expired)?;
    let (Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) = &purpose else {
        return Err(Problem::Expired);
    };
    mail_link(app, &purpose, email_key, network).await
}

/// What a company's link was good for, whether or not it still is. Changes nothing.
pub async fn renewable(app: &App, token: &str) -> Result<Option<Purpose>, Problem> {
    let purpose = store::accounts::link::find_any_state(&app.db, &token_hash(token)).await?;
    Ok(purpose.filter(|it| !matches!(it, Purpose::SetPassword(_))))
}

/// Spends a link: the contact is signed in, and the address confirmed where the link is for that.
pub async fn enter(
    app: &App,
    token: &str,
    previous: Option<&str>,
) -> Result<(CompanySignedIn, AddressConfirmation), Problem> {
    let tx = app.begin().await?;
    let signed_in = spend_link(&tx, token, previous, app.clock.now()).await?;
    tx.commit().await?;
    let confirmed = match signed_in.confirms {
        Some(id) => confirm(app, id, &signed_in.email_key).await,
        None => AddressConfirmation::NotAsked,
    };
    Ok((signed_in, confirmed))
}

/// Whoever has the link is in, whatever becomes of this: the link is spent.
async fn confirm(app: &App, id: ConsultationId, email_key: &str) -> AddressConfirmation {
    match confirm_own(app, id, email_key).await {
        Ok(true) => AddressConfirmation::Yes(id),
        Ok(false) => AddressConfirmation::NotAsked,
        Err(problem) => {
            tracing::error!("could not confirm an address: {problem:?}");
            AddressConfirmation::Failed(id)
        }
    }
}

/// False where the contact is somebody else by now.
async fn confirm_own(app: &App, id: ConsultationId, email_key: &str) -> Result<bool, Problem> {
    let person = store::consultation::person(&app.db, id).await?;
    let email = person.and_then(|it| it.email).map(|it| it.to_lowercase());
    if email.as_deref() != Some(email_key) {
        return Ok(false);
    }
    crate::ops::consultation::confirm_address(app, id, Actor::Company).await?;
    Ok(true)
}

async fn mail_link(app: &App, purpose: &Purpose, address: &str, network: &str) -> Result<(), Problem> {
    let (Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) = purpose else {
        return Err(Problem::NotFound);
    };
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let budget = spend(app, &tx, "link/", email_key, network, &context.settings, now).await?;
    if budget == MailBudget::Spent {
        tx.commit().await?;
        return Err(Problem::TooMany);
    }
    // The same is written for an unknown address, and then taken back.
    let known = store::consultation::knows_contact(&tx, email_key).await?;
    let inner = tx.begin().await?;
    let link = app.site.link(&company_link(&inner, purpose, now).await?);
    let recipient = Recipient { address, name: "" };
    context.mail(app, &inner, AccountMailEvent::SignIn { link: &link }, recipient).await?;
    if known {
        inner.commit().await?;
    } else {
        inner.rollback().await?;
    }
    tx.commit().await?;
    Ok(())
}
