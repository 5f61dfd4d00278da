//! Mails the link with which a company continues a draft.
use chrono::{DateTime, Utc};
use domain::{
    id::DraftId,
    intake::{application::ApplicationForm, contact::EmailAddress},
};
use sea_orm::{DatabaseTransaction, TransactionTrait};
use uuid::Uuid;

use super::{Context, lock};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::correspondence::mail_budget::{MailBudget, RequestedMail, ask, spend, spend_reader},
    problem::Problem,
    store::{self, intake::draft::Draft},
};

/// The scope under which the mails of this kind are counted in the daily limits.
const SCOPE: &str = "resume/";

/// Mails the link that continues the newest draft of an address. Neither the answer nor its time tells whether there is
/// a draft, and the answer does not tell whether the day's mails are used up. `network` is a keyed hash of the network
/// that the request comes from.
pub async fn resume(app: &App, email: &EmailAddress, network: &str) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let settings = &context.settings;
    let tx = app.begin().await?;
    let email_key = email.key();
    let requested = RequestedMail { scope: SCOPE, email_key: &email_key, network, proved: false };
    let asked_within = ask(app, &tx, requested, settings, context.now).await? == MailBudget::Within;
    let found = store::intake::draft::of_address(&tx, &email_key, context.now).await?.pop();
    let is_known = found.is_some();
    let draft = found.unwrap_or_else(|| placeholder_draft(context.now));
    // For an unknown address the same rows are written and then rolled back, so that both take the same time.
    let inner = tx.begin().await?;
    // The domain counts for a mail that is sent alone.
    let requested = RequestedMail { proved: !is_known, ..requested };
    let budget = spend_reader(app, &inner, requested, settings, context.now).await?;
    post(app, &inner, &context, &draft, email).await?;
    if is_known && asked_within && budget == MailBudget::Within {
        inner.commit().await?;
    } else {
        inner.rollback().await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Mails the link to the address that the draft itself names; `TooMany` once the day's mails are used up.
pub async fn mail_link(app: &App, id: DraftId) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let settings = &context.settings;
    let tx = app.begin().await?;
    let draft = lock(&tx, id, context.now).await?;
    let email = EmailAddress::parse(&draft.form.email).map_err(|err| Problem::Refused(err.to_string()))?;
    let email_key = email.key();
    let requested =
        RequestedMail { scope: SCOPE, email_key: &email_key, network: &draft.network, proved: false };
    let budget = spend(app, &tx, requested, settings, context.now).await?;
    if budget == MailBudget::Within {
        post(app, &tx, &context, &draft, &email).await?;
    }
    tx.commit().await?;
    match budget {
        MailBudget::Within => Ok(()),
        MailBudget::Spent => Err(Problem::TooMany),
    }
}

/// Returns a draft of no company, used where there is no draft under the address.
fn placeholder_draft(now: DateTime<Utc>) -> Draft {
    Draft {
        id: DraftId(Uuid::nil()),
        form: ApplicationForm::default(),
        network: String::new(),
        expires_at: now,
        consultation: None,
        day: None,
    }
}

async fn post(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    draft: &Draft,
    to: &EmailAddress,
) -> Result<(), Problem> {
    let link = app.site.absolute(&crate::url::draft(draft.id));
    let mail_event = AccountMailEvent::ResumeDraft { link: &link, expires_at: draft.expires_at };
    context.mail(app, tx, mail_event, Recipient { address: to.as_str(), name: "" }).await
}
