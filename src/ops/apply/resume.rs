//! The link to go on with a draft, by mail.
use domain::{contact::EmailAddress, id::DraftId};
use sea_orm::DatabaseTransaction;

use super::{Ground, lock};
use crate::{
    app::App,
    mail::{
        compose,
        occasion::{House, PlainOccasion, Recipient},
    },
    ops::budget::{Budget, spend},
    problem::Problem,
    store::{self, draft::Draft},
};

/// The mails of this kind in the daily limits.
const PURSE: &str = "resume/";

/// Mails the newest draft under an address the link to go on. What is answered does not tell whether there is one, or
/// whether the day's mails are spent. `network` is a keyed hash of where the request comes from.
pub async fn resume(app: &App, email: &EmailAddress, network: &str) -> Result<(), Problem> {
    let ground = Ground::of(app).await?;
    let settings = ground.programme.settings_at(ground.now);
    let tx = app.begin().await?;
    let budget = spend(app, &tx, PURSE, &email.key(), network, settings, ground.now).await?;
    let drafts = store::draft::of_address(&tx, &email.key(), ground.now).await?;
    if budget == Budget::Within {
        for draft in &drafts {
            post(app, &tx, &ground, draft, email).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Mails the link to the address that the draft itself names; `TooMany` once the day's mails are spent.
pub async fn mail_link(app: &App, id: DraftId) -> Result<(), Problem> {
    let ground = Ground::of(app).await?;
    let settings = ground.programme.settings_at(ground.now);
    let tx = app.begin().await?;
    let draft = lock(&tx, id, ground.now).await?;
    let email = EmailAddress::parse(&draft.form.email).map_err(|err| Problem::Refused(err.to_string()))?;
    let budget = spend(app, &tx, PURSE, &email.key(), &draft.network, settings, ground.now).await?;
    if budget == Budget::Within {
        post(app, &tx, &ground, &draft, &email).await?;
    }
    tx.commit().await?;
    match budget {
        Budget::Within => Ok(()),
        Budget::Spent => Err(Problem::TooMany),
    }
}

async fn post(
    app: &App,
    tx: &DatabaseTransaction,
    ground: &Ground,
    draft: &Draft,
    to: &EmailAddress,
) -> Result<(), Problem> {
    let house = House {
        settings: ground.programme.settings_at(ground.now),
        calendar: &ground.programme.calendar(ground.now),
        site: &app.site,
        organizer: &app.config.mail_from.address,
        now: ground.now,
    };
    let link = app.site.absolute(&crate::url::draft(draft.id));
    let occasion = PlainOccasion::ResumeDraft { link: &link, expires_at: draft.expires_at };
    let letter = compose::plain(occasion, Recipient { address: to.as_str(), name: "" }, &house)?;
    Ok(store::outbox::push(tx, vec![letter], &app.config.mail_reply_domain, ground.now).await?)
}
