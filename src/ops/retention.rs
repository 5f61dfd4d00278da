//! The erasure of what was kept for its time, and of what a person asks to have erased.
//!
//! No consultation is erased by itself that administrators were not told of [`NOTICE`] before, so that they can place holds; a
//! change of the times in the settings is announced anew.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    calendar::{at_japan, japan_date},
    id::{AccountId, ConsultationId},
    number::CaseNumber,
    retention::{ErasedKind, ErasureCause, NOTICE, RetentionPart, erasure_days},
    settings::Settings,
    text::TextLine,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, ErasureMailEvent, Recipient},
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        retention::{
            case_erasure::{self, CaseGroup},
            correspondence_erasure, due_case, hold,
            log::{self, NewErasure},
            notice,
        },
    },
};

/// The address of the administrator's page.
pub const PAGE: &str = "/admin/retention";
/// The number of mails or files of one step.
const MAILS_AT_ONCE: u64 = 500;

/// The numbers of what is erased on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueErasures {
    /// The 1 April from which it is due.
    pub day: NaiveDate,
    pub contacts: u64,
    pub records: u64,
    /// The instant from which it is erased: 30 days after its notice, but not before the day. `None` while it was not announced.
    pub from: Option<DateTime<Utc>>,
}

/// Announces what is due to the administrators. Returns whether there was anything that was not announced.
pub async fn announce(app: &App) -> Result<bool, Problem> {
    let context = Context::of(app).await?;
    let mut announced = false;
    for day in erasure_days(japan_date(context.now)) {
        if begins_at(&app.db, day, &context.settings).await?.is_none() {
            announced |= announce_day(app, &context, day).await?;
        }
    }
    Ok(announced)
}

/// Returns the instant before which a consultation must have ended so that its `part` is erased now; `None` if nothing was
/// announced in time.
pub async fn ended_before(app: &App, part: RetentionPart) -> Result<Option<DateTime<Utc>>, Problem> {
    let context = Context::of(app).await?;
    let mut latest = None;
    for day in erasure_days(japan_date(context.now)) {
        let begins_at = begins_at(&app.db, day, &context.settings).await?;
        if begins_at.is_some_and(|it| it <= context.now) {
            latest = part.due_before(&context.settings, day);
        }
    }
    Ok(latest)
}

/// Erases a part of a consultation that has ended before `before` (`ended_before`). It may have been reopened or held
/// meanwhile: then it stays.
pub async fn erase_due(
    app: &App,
    id: ConsultationId,
    part: RetentionPart,
    before: DateTime<Utc>,
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let cases = case_erasure::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    let is_due = cases.ended_at().is_some_and(|it| it < before) && cases.erased_at(part).is_none();
    if is_due && !cases.is_merged() && !hold::any(&tx, &cases.ids()).await? {
        erase(&tx, id, &cases, part, (ErasureCause::Time, None), app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Returns the instant from which what is due on this day is erased; `None` while it was not announced.
async fn begins_at(
    db: &impl ConnectionTrait,
    day: NaiveDate,
    settings: &Settings,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let announced_at = notice::announced_at(db, day, settings).await?;
    Ok(announced_at.map(|it| first_instant(it, day)))
}

fn first_instant(announced_at: DateTime<Utc>, day: NaiveDate) -> DateTime<Utc> {
    (announced_at + NOTICE).max(at_japan(day, 0, 0))
}

/// Returns what is due in the running fiscal year, and on the next 1 April once it is near.
pub async fn due_erasures(
    db: &impl ConnectionTrait,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Vec<DueErasures>, Problem> {
    let mut all = Vec::new();
    for day in erasure_days(japan_date(now)) {
        let contacts = count(db, RetentionPart::Contact, settings, day).await?;
        let records = count(db, RetentionPart::Record, settings, day).await?;
        if contacts + records > 0 {
            all.push(DueErasures { day, contacts, records, from: begins_at(db, day, settings).await? });
        }
    }
    Ok(all)
}

async fn count(
    db: &impl ConnectionTrait,
    part: RetentionPart,
    settings: &Settings,
    day: NaiveDate,
) -> Result<u64, Problem> {
    match part.due_before(settings, day) {
        Some(before) => Ok(due_case::count_due(db, part, before).await?),
        None => Ok(0),
    }
}

/// Writes to the administrators about what is due on this day. Returns whether there was anything.
async fn announce_day(app: &App, context: &Context, day: NaiveDate) -> Result<bool, Problem> {
    let (settings, now) = (&context.settings, context.now);
    let contacts = count(&app.db, RetentionPart::Contact, settings, day).await?;
    let records = count(&app.db, RetentionPart::Record, settings, day).await?;
    if contacts + records == 0 {
        return Ok(false);
    }
    let page = app.site.absolute(PAGE);
    let ahead = ErasureMailEvent { day: japan_date(first_instant(now, day)), contacts, records, page: &page };
    let mut mails = context.mails(app);
    for (address, name) in &store::accounts::account::administrators_to_tell(&app.db).await? {
        mails.mail(AccountMailEvent::ErasureAhead(ahead), Recipient { address, name })?;
    }
    let tx = app.begin().await?;
    if !notice::insert(&tx, day, settings, now).await? {
        // Another worker was first.
        tx.rollback().await?;
        return Ok(true);
    }
    mails.write(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Erases a part of a consultation, and its contact before its record.
async fn erase(
    tx: &sea_orm::DatabaseTransaction,
    id: ConsultationId,
    cases: &CaseGroup,
    part: RetentionPart,
    (cause, by): (ErasureCause, Option<AccountId>),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let entry = |kind, quantity| NewErasure { kind, cause, consultation: Some(id), by, quantity };
    if cases.erased_at(RetentionPart::Contact).is_none() {
        let quantity = case_erasure::erase_contact(tx, cases, now).await?;
        log::insert(tx, entry(RetentionPart::Contact.kind(), quantity), now).await?;
    }
    if part == RetentionPart::Record && cases.erased_at(RetentionPart::Record).is_none() {
        let quantity = case_erasure::erase_record(tx, cases, now).await?;
        log::insert(tx, entry(RetentionPart::Record.kind(), quantity), now).await?;
    }
    Ok(())
}

/// Erases some mails and files whose days are over, but none of a consultation that is held. Returns how many.
pub async fn erase_correspondence(app: &App) -> Result<u64, Problem> {
    let now = app.clock.now();
    let programme = app.programme().await?;
    let settings = programme.settings_at(now);
    let before = |days: u16| now - TimeDelta::days(i64::from(days));
    let tx = app.begin().await?;
    let held = hold::held_cases(&tx).await?;
    let due = (before(settings.received_mail_days), now);
    let received = correspondence_erasure::erase_received(&tx, due, &held, MAILS_AT_ONCE).await?;
    let due = before(settings.sent_mail_days);
    let sent = correspondence_erasure::erase_sent(&tx, due, &held, MAILS_AT_ONCE).await?;
    let due = before(settings.attachment_days);
    let files = correspondence_erasure::erase_files(&tx, due, &held, MAILS_AT_ONCE).await?;
    let all =
        [(ErasedKind::ReceivedMail, received), (ErasedKind::SentMail, sent), (ErasedKind::Attachment, files)];
    for (kind, quantity) in all.into_iter().filter(|(_, quantity)| *quantity > 0) {
        let entry = NewErasure { kind, cause: ErasureCause::Time, consultation: None, by: None, quantity };
        log::insert(&tx, entry, now).await?;
    }
    tx.commit().await?;
    Ok(received + sent + files)
}

/// Erases a part of a consultation because the person asked for it. Refused while the consultation goes on, and while it is
/// held.
pub async fn erase_at_request(
    app: &App,
    number: CaseNumber,
    part: RetentionPart,
    by: AccountId,
) -> Result<(), Problem> {
    let found = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    // The case into which it was merged has the same person's texts.
    let id = found.consultation.merged_into.unwrap_or(found.consultation.id);
    let tx = app.begin().await?;
    let cases = case_erasure::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if cases.ended_at().is_none() {
        return Err(Problem::Refused(
            "相談が続いている案件は、消去できません。先に、案件を終了してください。".to_owned(),
        ));
    }
    if hold::any(&tx, &cases.ids()).await? {
        return Err(Problem::Refused("消去が停止されている案件です。".to_owned()));
    }
    erase(&tx, id, &cases, part, (ErasureCause::Request, Some(by)), app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Holds a consultation back from being erased. Holding one that is held changes nothing.
pub async fn place_hold(
    app: &App,
    number: CaseNumber,
    reason: &TextLine,
    by: AccountId,
) -> Result<(), Problem> {
    let found = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let id = found.consultation.id;
    let tx = app.begin().await?;
    let cases = case_erasure::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if cases.erased_at(RetentionPart::Record).is_some() {
        return Err(Problem::Refused("この案件は、すでに消去されています。".to_owned()));
    }
    if !hold::any(&tx, &[id.0]).await? {
        hold::place(&tx, id, reason.as_str(), by, app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Lifts a hold. What is due is erased soon after.
pub async fn lift_hold(app: &App, id: Uuid, by: AccountId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    if !hold::lift(&tx, id, by, app.clock.now()).await? {
        return Err(Problem::NotFound);
    }
    tx.commit().await?;
    Ok(())
}
