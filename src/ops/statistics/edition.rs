//! Closing a month: its counts become an edition that never changes, which the center can comment on before others see it.
use chrono::{DateTime, Utc};
use domain::{
    calendar::deadline_after_business_days,
    id::AccountId,
    statistics::{figures::EditionContent, month::EditionMonth},
    text::Prose,
};

use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::case::context::Context,
    problem::Problem,
    store::statistics::{
        edition::{self, Edition, EditionComment, EditionRelease},
        measure,
    },
    url,
};

/// Closes the next month whose closing day has come, and writes to the center. Returns whether there was one.
///
/// A new programme begins with the month of its first consultation. Months that were to be closed long ago, because
/// no person worked then or because editions are new to the product, are released without waiting for a comment.
pub async fn close_due(app: &App) -> Result<bool, Problem> {
    let context = Context::of(app).await?;
    let Some(month) = next_month(app, &context).await? else { return Ok(false) };
    let Context { now, ref settings, ref calendar, .. } = context;
    let content = count(app, month, &context).await?;
    let is_newest = month.next().closes_at(settings, calendar) > now;
    let until =
        deadline_after_business_days(calendar, now, settings.edition_comment_days, settings.closes_hour);
    let comment_until = if is_newest { until.at } else { now };
    let mut mails = context.mails(app);
    let page = app.site.absolute(&url::edition(month));
    if is_newest {
        let to = Recipient { address: &settings.center_email, name: &settings.center_name };
        let label = month.label();
        let event = AccountMailEvent::EditionClosed { month: &label, until: comment_until, page: &page };
        mails.mail(event, to)?.dedup_key = Some(format!("edition/{}", month.code()));
    }
    let tx = app.begin().await?;
    if !edition::insert(&tx, &Edition { month, closed_at: now, content }, comment_until).await? {
        // Another worker was first.
        tx.rollback().await?;
        return Ok(true);
    }
    mails.write(&tx).await?;
    tx.commit().await?;
    tracing::info!(edition.month = month.code(), "the statistics of {} are closed", month.code());
    Ok(true)
}

/// Releases the editions whose time for a comment is over. Returns whether there were any.
pub async fn release_due(app: &App) -> Result<bool, Problem> {
    let due = edition::due(&app.db, app.clock.now()).await?;
    for month in &due {
        let tx = app.begin().await?;
        let found = edition::lock_release(&tx, *month).await?;
        let now = app.clock.now();
        // A person may have released it meanwhile.
        if let Some(it) = found.filter(|it| it.released_at.is_none() && it.comment_until <= now) {
            let released = EditionRelease { released_at: Some(now), version: it.version + 1, ..it };
            edition::save_release(&tx, &released).await?;
            tx.commit().await?;
        }
    }
    Ok(!due.is_empty())
}

/// Saves the center's comment on an edition, at the version that the page showed; an empty one is removed. Refused once
/// the edition is released.
pub async fn comment(
    app: &App,
    month: EditionMonth,
    text: Option<&Prose>,
    (by, version): (AccountId, i32),
) -> Result<(), Problem> {
    change(app, month, version, |it, now| EditionRelease {
        comment: text.map(|text| EditionComment::new(text, by, now)),
        ..it
    })
    .await
}

/// Releases an edition with its comment, at the version that the page showed.
pub async fn release(app: &App, month: EditionMonth, (by, version): (AccountId, i32)) -> Result<(), Problem> {
    change(app, month, version, |it, now| EditionRelease {
        released_at: Some(now),
        released_by: Some(by),
        ..it
    })
    .await
}

/// Counts a month anew, as it is now.
pub async fn count_now(app: &App, month: EditionMonth) -> Result<EditionContent, Problem> {
    count(app, month, &Context::of(app).await?).await
}

async fn change(
    app: &App,
    month: EditionMonth,
    version: i32,
    changed: impl FnOnce(EditionRelease, DateTime<Utc>) -> EditionRelease,
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let it = edition::lock_release(&tx, month).await?.ok_or(Problem::NotFound)?;
    if it.released_at.is_some() {
        let why = "この月の集計は、すでに公開しています。コメントは変更できません。";
        return Err(Problem::Refused(why.to_owned()));
    }
    if it.version != version {
        return Err(Problem::Stale);
    }
    let changed = changed(EditionRelease { version: version + 1, ..it }, app.clock.now());
    edition::save_release(&tx, &changed).await?;
    tx.commit().await?;
    Ok(())
}

/// Counts a month in one snapshot of the database.
async fn count(app: &App, month: EditionMonth, context: &Context) -> Result<EditionContent, Problem> {
    let snapshot = app.snapshot().await?;
    let content = measure::content(&snapshot, month.span(), &context.calendar, context.now).await?;
    snapshot.rollback().await?;
    Ok(content)
}

/// Returns the next month to be closed, if its closing day has come.
async fn next_month(app: &App, context: &Context) -> Result<Option<EditionMonth>, Problem> {
    let month = match edition::last_month(&app.db).await? {
        Some(last) => last.next(),
        None => match edition::first_receipt(&app.db).await? {
            Some(at) => EditionMonth::at(at),
            None => return Ok(None),
        },
    };
    let closes_at = month.closes_at(&context.settings, &context.calendar);
    Ok((closes_at <= context.now).then_some(month))
}
