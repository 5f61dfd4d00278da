//! Sign-in of a company's contact, by single-use links that are mailed on request.
use domain::{actor::Actor, id::ConsultationId, intake::contact::EmailAddress};
use sea_orm::TransactionTrait;

use super::account::{COMPANY_LINK, CompanySignedIn, company_link, spend_link};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::{
        case::context::Context,
        correspondence::mail_budget::{MailBudget, RequestedMail, ask, spend_reader},
    },
    problem::Problem,
    secret::token_hash,
    store::{
        self,
        accounts::link::Purpose,
        consultation::contact_address::{self, ContactAddress},
    },
};

/// The outcome of confirming an address by a link.
#[derive(Debug)]
pub enum AddressConfirmation {
    /// The address is confirmed, now or earlier.
    Yes(ConsultationId),
    /// The link was not for confirming an address, or the contact has another address by now.
    NotAsked,
    /// Confirming failed and has to be repeated; the page of the consultation offers that.
    Failed(ConsultationId),
}

/// Mails a sign-in link to the contact with this address. An unknown address causes the same work, so that neither the
/// answer nor its time tells whether the address is known. `network` is a keyed hash. Returns `TooMany` if the network has
/// used up its requests of the day, or those for this address.
pub async fn request_link(app: &App, email: &EmailAddress, network: &str) -> Result<(), Problem> {
    let purpose = Purpose::SignIn { email_key: email.key() };
    mail_link(app, &purpose, email.as_str(), network, "").await
}

/// Mails a new link to the address of a used or expired link. The token alone determines the address; `query` says to which
/// page the link leads.
pub async fn renew_link(app: &App, token: &str, network: &str, query: &str) -> Result<(), Problem> {
    let purpose = renewable(app, token).await?.ok_or(Problem::Expired)?;
    let (Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) = &purpose else {
        return Err(Problem::Expired);
    };
    mail_link(app, &purpose, email_key, network, query).await
}

/// Returns the purpose of a company's link, whether or not the link is still valid. Changes nothing.
pub async fn renewable(app: &App, token: &str) -> Result<Option<Purpose>, Problem> {
    let purpose = store::accounts::link::find_any_state(&app.db, &token_hash(token)).await?;
    Ok(purpose.filter(|it| !matches!(it, Purpose::SetPassword(_))))
}

/// Uses up a link: signs the contact in, and confirms the address if the link is for that.
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

/// Confirms the address of the link. The contact stays signed in whatever the outcome, because the link is used up.
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

/// Confirms the contact's address, which a company that is signed in with it has proved to read. Returns false if the
/// contact has another address by now.
pub async fn confirm_own(app: &App, id: ConsultationId, email_key: &str) -> Result<bool, Problem> {
    let person = store::consultation::person(&app.db, id).await?;
    let email = person.and_then(|it| it.email).map(|it| it.to_lowercase());
    if email.as_deref() != Some(email_key) {
        return Ok(false);
    }
    crate::ops::consultation::confirm_address(app, id, Actor::Company).await?;
    Ok(true)
}

async fn mail_link(
    app: &App,
    purpose: &Purpose,
    address: &str,
    network: &str,
    query: &str,
) -> Result<(), Problem> {
    let (Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) = purpose else {
        return Err(Problem::NotFound);
    };
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let known = contact_address::find(&tx, email_key).await?;
    let requested =
        RequestedMail { scope: "link/", email_key, network, proved: known != ContactAddress::Unproved };
    if ask(app, &tx, requested, &context.settings, now).await? == MailBudget::Spent {
        tx.commit().await?;
        return Err(Problem::TooMany);
    }
    // For an unknown address the same rows are written and then rolled back, so that both take the same time.
    let inner = tx.begin().await?;
    let budget = spend_reader(app, &inner, requested, &context.settings, now).await?;
    let link = format!("{}{query}", app.site.link(&company_link(&inner, purpose, now).await?));
    let recipient = Recipient { address, name: "" };
    context
        .mail(
            app,
            &inner,
            AccountMailEvent::SignIn { link: &link, expires_at: now + COMPANY_LINK },
            recipient,
        )
        .await?;
    // The answer does not tell that other networks have used the mails of an address up: the address would be known by it.
    if known != ContactAddress::Unknown && budget == MailBudget::Within {
        inner.commit().await?;
    } else {
        inner.rollback().await?;
    }
    tx.commit().await?;
    Ok(())
}
