//! Reports of doubtful requests: taken within limits, settled by the center, and brought to its mind until then. No mail
//! is sent to the person who reports.
use domain::{
    calendar::japan_date,
    id::{AccountId, DoubtId},
    survey::doubt::{DoubtReport, KEPT, due_on, reminder_after},
    text::Prose,
};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, Recipient},
        outgoing_mail::OutgoingMail,
    },
    ops::case::context::Context,
    problem::Problem,
    store::{
        correspondence::{mail_budget, outbox},
        survey::doubt::{self, Doubt},
    },
    url,
};

/// The most reports that one network, and all together, may make in a day.
const FROM_NETWORK: i32 = 10;
const FROM_ALL: i32 = 500;

/// Takes a report. `network` is a keyed hash. Returns `TooMany` beyond the limits of a day, before anything is kept.
pub async fn report(app: &App, it: &DoubtReport, network: &str) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let keys = [format!("doubt/network/{network}"), "doubt/all".to_owned()];
    let [from_network, from_all] = mail_budget::count(&tx, keys, japan_date(now)).await?;
    if from_network > FROM_NETWORK || from_all > FROM_ALL {
        return Err(Problem::TooMany);
    }
    let due_at = reminder_after(now, &context.settings, &context.calendar);
    let look_by = due_on(now, &context.calendar);
    let new = Doubt::new(DoubtId(Uuid::now_v7()), it, now, look_by, due_at);
    doubt::insert(&tx, &new).await?;
    Ok(tx.commit().await?)
}

/// Settles a report with a remark, or changes the remark of one that is settled.
pub async fn settle(app: &App, id: DoubtId, note: Option<&Prose>, by: AccountId) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let before = doubt::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if before.description.is_none() {
        return Err(Problem::Refused("保存の期間が過ぎた連絡です。".to_owned()));
    }
    let settled = before.settled.unwrap_or((now, by));
    let after = Doubt {
        note: note.map(ToString::to_string),
        settled: Some(settled),
        due_at: Some(settled.0 + KEPT),
        ..before
    };
    doubt::save(&tx, &after).await?;
    Ok(tx.commit().await?)
}

/// Takes the step of a report that is due: the center is reminded of one that waits, and the texts and the person of one
/// that was settled long ago are erased.
pub async fn tend(app: &App, id: DoubtId) -> Result<(), Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let Some(it) = doubt::lock(&tx, id).await? else { return Ok(()) };
    if it.due_at.is_none_or(|at| context.now < at) {
        return Ok(());
    }
    let after = match it.settled {
        Some(_) => it.erased(),
        None => {
            remind(app, &context, &tx).await?;
            let due_at = reminder_after(context.now, &context.settings, &context.calendar);
            Doubt { due_at: Some(due_at), ..it }
        }
    };
    doubt::save(&tx, &after).await?;
    Ok(tx.commit().await?)
}

/// Reminds the center of all reports that wait, once a day.
async fn remind(app: &App, context: &Context, tx: &DatabaseTransaction) -> Result<(), Problem> {
    let (count, look_by) = doubt::waiting(tx).await?;
    let Some(look_by) = look_by else { return Ok(()) };
    let page = app.site.absolute(url::DOUBTS);
    let to = Recipient { address: &context.settings.center_email, name: &context.settings.center_name };
    let mut mails = context.mails(app);
    let event = AccountMailEvent::DoubtsWaiting { count, look_by, page: &page };
    let outgoing = mails.mail(event, to)?.clone();
    let key = format!("doubt/waiting/{}", japan_date(context.now));
    let outgoing = OutgoingMail { dedup_key: Some(key), ..outgoing };
    outbox::push(tx, vec![outgoing], &app.config.mail_reply_domain, context.now).await?;
    Ok(())
}
