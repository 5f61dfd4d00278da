//! The center's digest: once on every business day, what is new and what is late.
use domain::{
    calendar::{at_japan, japan_date},
    wording,
};

use crate::{
    app::App,
    mail::{
        compose,
        letter::Letter,
        occasion::{House, PlainOccasion, Recipient},
    },
    problem::Problem,
    store::{self, urgent::Late},
};

/// How many of the most urgent the digest names.
const NAMED: u64 = 10;

/// Writes today's digest if its hour has come and it is not written yet. Says whether it did.
///
/// Its key holds the day, so that two workers at once write one.
pub async fn write(app: &App) -> Result<bool, Problem> {
    let now = app.clock.now();
    let today = japan_date(now);
    let programme = app.programme().await?;
    let (settings, calendar) = (programme.settings_at(now), programme.calendar(now));
    let key = format!("digest/{today}");
    let due = calendar.is_open(today) && at_japan(today, settings.mail_hour, 0) <= now;
    if !due || store::outbox::is_written(&app.db, &key).await? {
        return Ok(false);
    }
    let urgent = store::urgent::urgent(&app.db, now, NAMED).await?;
    if urgent.new == 0 && urgent.overdue == 0 {
        return Ok(false);
    }
    let line = |it: &Late| {
        format!("{}　{}（期限 {}）", it.number, it.company_name, wording::month_day_time(it.due_at))
    };
    let lines: Vec<_> = urgent.cases.iter().map(line).collect();
    let house = House {
        settings,
        calendar: &calendar,
        site: &app.site,
        organizer: &app.config.mail_from.address,
        now,
    };
    let occasion = PlainOccasion::Digest { new: urgent.new, overdue: urgent.overdue, lines: &lines };
    let to = Recipient { address: &settings.center_email, name: &settings.center_name };
    let letter = Letter { dedup_key: Some(key), ..compose::plain(occasion, to, &house)? };
    let tx = app.begin().await?;
    store::outbox::push(&tx, vec![letter], &app.config.mail_reply_domain, now).await?;
    tx.commit().await?;
    Ok(true)
}
