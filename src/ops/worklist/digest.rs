//! Digests: on every business day for the center, what is new and what is late; once a week for each expert.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    calendar::{at_japan, japan_date},
    correspondence::outgoing_mail::topic::NotificationTopic,
    id::AccountId,
    wording,
};

use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, DigestCounts, Recipient},
    ops::case::context::Context,
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        intake::told_apart::told_apart,
        worklist::center_digest::{CenterDigest, OverdueCase},
    },
};

mod weekly;

pub use weekly::write as write_weekly;

/// The number of urgent consultations that a digest names.
const NAMED: u64 = 10;
/// The time for which the link that stops a digest is valid.
const STOP_LINK: TimeDelta = TimeDelta::days(400);

/// Writes today's digest for the center's mailbox and for every coordinator who wants it, if the hour for it has come
/// and it is not written yet. Returns whether it did.
///
/// Its key contains the day, so that two workers at the same time write only one.
pub async fn write(app: &App) -> Result<bool, Problem> {
    let context = Context::of(app).await?;
    let Context { now, ref settings, ref calendar, .. } = context;
    let today = japan_date(now);
    let key = format!("digest/{today}");
    // After an outage the digest keeps opening hours too: that of the next business day says the same.
    let closes_at = at_japan(today, settings.closes_hour, 0).max(at_japan(today, settings.mail_hour + 1, 0));
    let due = calendar.is_open(today) && at_japan(today, settings.mail_hour, 0) <= now && now < closes_at;
    if !due || store::correspondence::outbox::is_written(&app.db, &key).await? {
        return Ok(false);
    }
    let digest = store::worklist::center_digest::center_digest(&app.db, now, NAMED).await?;
    let named = digest.cases.iter().chain(&digest.responses).map(|it| it.number.clone());
    let companies = told_apart(&app.db, named).await?;
    let line = |it: &OverdueCase, what: &str| {
        let company = companies.name(&it.number, &it.company_name);
        format!("{}　{company}（{what} {}）", it.number, wording::month_day_time(it.due_at))
    };
    let overdue = digest.cases.iter().map(|it| line(it, "期限"));
    let lines: Vec<_> = overdue.chain(digest.responses.iter().map(|it| line(it, "返信の期限"))).collect();
    let CenterDigest { new, overdue, stalled, calls, unanswered, late_responses, reports, .. } = digest;
    let counts = DigestCounts { new, overdue, stalled, calls, unanswered, late_responses, reports, tasks: 0 };
    let mut mails = context.mails(app);
    let mut is_written = false;
    if !counts.is_empty() {
        let to = Recipient { address: &settings.center_email, name: &settings.center_name };
        let digest = AccountMailEvent::Digest { counts, lines: &lines, stop: "" };
        mails.mail(digest, to)?.dedup_key = Some(key.clone());
        is_written = true;
    }
    for reader in store::accounts::account::active(&app.db, Role::Coordinator).await? {
        let tasks = store::worklist::task::count_due(&app.db, reader.id, today).await?;
        let counts = DigestCounts { tasks, ..counts };
        // The center's mailbox has it already, but not the tasks of the reader.
        let has_it = tasks == 0 && reader.email.eq_ignore_ascii_case(&settings.center_email);
        let own_key = format!("{key}/{}", reader.id);
        if !reader.has_password
            || has_it
            || counts.is_empty()
            || store::correspondence::outbox::is_written(&app.db, &own_key).await?
        {
            continue;
        }
        is_written = true;
        let stop = stop_link(app, reader.id, NotificationTopic::DailyDigest, now);
        let to = Recipient { address: &reader.email, name: &reader.name };
        let digest = AccountMailEvent::Digest { counts, lines: &lines, stop: &stop };
        mails.mail(digest, to)?.dedup_key = Some(own_key);
    }
    if !is_written {
        return Ok(false);
    }
    let tx = app.begin().await?;
    mails.write(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns the address at which a reader stops the mails of a topic.
fn stop_link(app: &App, reader: AccountId, topic: NotificationTopic, now: DateTime<Utc>) -> String {
    app.site.unsubscribe(topic, &app.secret.sign(Purpose::Unsubscribe, reader.0, now + STOP_LINK))
}
