//! Leases mails for sending, so that no two workers have the same mail, and saves the outcomes.
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use codes::{HoldReason, MailStatus};
use domain::{correspondence::outgoing_mail::rate_limit::RateLimit, id::MailId};
use entity::{mail_rate, outbox as row, outbox_log};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, UpdateMany,
    sea_query::{CaseStatement, Expr, LockBehavior, LockType, OnConflict},
};
use uuid::Uuid;

use super::{OutboxEvent, log_entry, mail};
use crate::mail::outgoing_mail::{MailKind, QueuedMail};

/// A mail that a worker has leased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedMail {
    pub id: MailId,
    pub mail: QueuedMail,
    pub domain: String,
    /// The number of tries before this one.
    pub attempts: i32,
    /// How often the outcome of an earlier try stayed unknown.
    pub unknown_outcomes: i32,
    pub planned_at: DateTime<Utc>,
}

/// The mails that a worker has leased together.
#[derive(Debug)]
pub struct Lease {
    /// A token that only the holder of the lease knows: a worker that wakes up after another worker took over
    /// its lease cannot settle anything.
    pub token: Uuid,
    pub until: DateTime<Utc>,
    pub mails: Vec<LeasedMail>,
    /// The number of mails that were settled and not leased: mails that cannot be read, and mails whose
    /// worker has died.
    pub aside: usize,
}

/// How many mails a worker may lease.
#[derive(Clone, Copy, Debug)]
pub struct SendCapacity<'a> {
    pub mails: usize,
    /// The largest number of mails to one domain that a worker has leased at once.
    pub per_domain: usize,
    /// The number of mails that the worker has leased already, by domain.
    pub in_hand: &'a HashMap<String, usize>,
    pub rate_limit: RateLimit,
    /// The time at which the center opens, if it is closed now: mails that keep opening hours wait until then.
    pub closed_until: Option<DateTime<Utc>>,
}

/// The outcome of a try to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Sent,
    /// Not accepted by the server; tried again at this time.
    Deferred(DateTime<Utc>),
    /// Not accepted by the server, and given up.
    Failed,
    /// Perhaps accepted by the server. The mail is sent again at this time; with `None` it fails with an
    /// unknown outcome.
    Unknown(Option<DateTime<Utc>>),
    /// Not to be sent any more.
    Suppressed,
    /// Given back without a try.
    GivenBack,
}

#[derive(Clone, Debug)]
pub struct SettledMail {
    pub id: MailId,
    pub token: Uuid,
    pub outcome: SendOutcome,
    /// The server's reply, or the reason.
    pub detail: String,
}

/// Returns whether a mail is due or abandoned. It is called before a transaction is begun to lease mails.
pub async fn any_due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let found: Option<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(is_due(now).or(is_abandoned(now)))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Leases due mails, the longest due first, within the capacity for each domain. Each mail is marked as being
/// sent, with a token that only the caller has.
pub async fn lease(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    length: TimeDelta,
    capacity: SendCapacity<'_>,
) -> Result<Lease, DbErr> {
    let mut lease = Lease { token: Uuid::new_v4(), until: now + length, mails: Vec::new(), aside: 0 };
    lease.aside += take_over(tx, now).await?;
    let mut found = choose(tx, now, capacity).await?;
    if let Some(opens_at) = capacity.closed_until
        && found.iter().any(|it| it.keeps_hours)
    {
        // Mail that became due while no worker ran keeps opening hours too. All of it is moved at once, so that the due
        // mails are read for this once and not at every lease.
        postpone(tx, now, opens_at).await?;
        found = choose(tx, now, capacity).await?;
    }
    let chosen = keep_rate_limit(tx, found, capacity.rate_limit, now).await?;
    if chosen.is_empty() {
        return Ok(lease);
    }
    let rows = row::Entity::find()
        .filter(row::COLUMN.id.is_in(chosen))
        .order_by_asc(row::COLUMN.due_at)
        .all(tx)
        .await?;
    let (mut ids, mut unreadable) = (Vec::new(), Vec::new());
    for it in rows {
        let id = it.id;
        match leased(it) {
            Ok(it) => {
                ids.push(id);
                lease.mails.push(it);
            }
            // A mail that cannot be read must not delay the others.
            Err(err) => unreadable.push((id, err.to_string())),
        }
    }
    lease.aside += unreadable.len();
    for (id, why) in unreadable {
        give_up(tx, id, &why, now).await?;
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Sending.code()))
        .col_expr(row::Column::LeaseToken, Expr::value(lease.token))
        .col_expr(row::Column::LeaseUntil, Expr::value(lease.until))
        .filter(row::COLUMN.id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(lease)
}

/// Saves the outcomes of mails, as far as their leases are still the caller's, and returns the number of
/// these mails.
pub async fn settle(
    tx: &DatabaseTransaction,
    settled: &[SettledMail],
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    let still = still_leased(tx, settled).await?;
    let ours: Vec<_> = settled.iter().filter(|it| still.contains(&(it.id.0, it.token))).collect();
    // Most mails were sent, and these differ only in the server's reply.
    let (sent, others): (Vec<_>, Vec<_>) = ours.iter().partition(|it| it.outcome == SendOutcome::Sent);
    if !sent.is_empty() {
        write_sent(tx, &sent, now).await?;
    }
    for it in others {
        write(tx, it, now).await?;
    }
    let log: Vec<_> = ours
        .iter()
        .filter_map(|it| {
            let event = match it.outcome {
                SendOutcome::Sent => OutboxEvent::Sent,
                SendOutcome::Deferred(_) => OutboxEvent::Deferred,
                SendOutcome::Failed => OutboxEvent::Refused,
                SendOutcome::Unknown(_) => OutboxEvent::Unknown,
                SendOutcome::Suppressed => OutboxEvent::Suppressed,
                SendOutcome::GivenBack => return None,
            };
            Some(log_entry(it.id.0, event, &it.detail, None, now))
        })
        .collect();
    if !log.is_empty() {
        outbox_log::Entity::insert_many(log).exec_without_returning(tx).await?;
    }
    Ok(ours.len())
}

/// Returns the mails that still have the lease under which they were taken, each with its token, and locks
/// them until the transaction ends.
async fn still_leased(
    tx: &DatabaseTransaction,
    settled: &[SettledMail],
) -> Result<HashSet<(Uuid, Uuid)>, DbErr> {
    let found: Vec<(Uuid, Option<Uuid>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::LeaseToken])
        .filter(row::COLUMN.id.is_in(settled.iter().map(|it| it.id.0)))
        .order_by_asc(row::COLUMN.id)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().filter_map(|(id, token)| Some((id, token?))).collect())
}

/// Marks the mails of `sent`, of which there must be at least one, as sent. One statement, whatever their
/// number.
async fn write_sent(
    tx: &DatabaseTransaction,
    sent: &[&&SettledMail],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let reply = sent.iter().fold(CaseStatement::new(), |case, it| {
        case.case(Expr::col(row::Column::Id).eq(it.id.0), Expr::value(it.detail.as_str()))
    });
    out_of_hand(MailStatus::Sent, None, 1)
        .col_expr(row::Column::SentAt, Expr::value(now))
        .col_expr(row::Column::LastReply, reply.into())
        .filter(row::COLUMN.id.is_in(sent.iter().map(|it| it.id.0)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Saves the outcome of one mail.
async fn write(tx: &DatabaseTransaction, it: &SettledMail, now: DateTime<Utc>) -> Result<(), DbErr> {
    let tried = i32::from(it.outcome != SendOutcome::GivenBack);
    let (state, hold_reason, due_at, unknown) = match it.outcome {
        SendOutcome::Sent => return write_sent(tx, &[&it], now).await,
        SendOutcome::Deferred(again) => (MailStatus::Waiting, None, Some(again), 0),
        SendOutcome::Failed => (MailStatus::Failed, None, None, 0),
        SendOutcome::Unknown(Some(again)) => (MailStatus::Waiting, None, Some(again), 1),
        SendOutcome::Unknown(None) => (MailStatus::Failed, Some(HoldReason::Unknown), None, 1),
        SendOutcome::Suppressed => (MailStatus::Suppressed, None, None, 0),
        SendOutcome::GivenBack => (MailStatus::Waiting, None, None, 0),
    };
    let mut update = out_of_hand(state, hold_reason, tried)
        .col_expr(row::Column::UnknownOutcomes, Expr::col(row::Column::UnknownOutcomes).add(unknown))
        .filter(row::COLUMN.id.eq(it.id.0));
    if let Some(due_at) = due_at {
        update = update.col_expr(row::Column::DueAt, Expr::value(due_at));
    }
    if it.outcome != SendOutcome::GivenBack {
        update = update.col_expr(row::Column::LastReply, Expr::value(it.detail.as_str()));
    }
    update.exec(tx).await?;
    Ok(())
}

/// Returns an update that ends the lease, sets status and hold reason, and adds `tried` to the number of
/// tries.
fn out_of_hand(status: MailStatus, hold_reason: Option<HoldReason>, tried: i32) -> UpdateMany<row::Entity> {
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(status.code()))
        .col_expr(row::Column::HoldReason, Expr::value(hold_reason.map(HoldReason::code)))
        .col_expr(row::Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(row::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(row::Column::Attempts, Expr::col(row::Column::Attempts).add(tried))
}

/// Settles the mails of workers that have died. Such a mail may have been sent, so the rule of its kind
/// decides whether it is tried again or fails with an unknown outcome.
async fn take_over(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let abandoned: Vec<(Uuid, Uuid, String, i32)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::LeaseToken, row::Column::Kind, row::Column::UnknownOutcomes])
        .filter(is_abandoned(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(tx)
        .await?;
    let settled: Vec<_> = abandoned
        .into_iter()
        .map(|(id, token, kind, unknown_outcomes)| {
            let again = MailKind::from_code(&kind).is_some_and(|it| it.may_repeat(unknown_outcomes));
            SettledMail {
                id: MailId(id),
                token,
                outcome: SendOutcome::Unknown(again.then_some(now)),
                detail: "the worker ended in the middle".to_owned(),
            }
        })
        .collect();
    if settled.is_empty() { Ok(0) } else { settle(tx, &settled, now).await }
}

/// Moves the due mails that keep opening hours to `to`.
async fn postpone(tx: &DatabaseTransaction, now: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::DueAt, Expr::value(to))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.due_at.lte(now))
        .filter(row::COLUMN.kind.is_in(MailKind::codes_of(MailKind::keeps_hours)))
        .exec(tx)
        .await?;
    Ok(())
}

/// A due mail that is within the capacity of its domain.
struct DueMail {
    id: Uuid,
    domain: String,
    /// Whether mails of its kind wait for opening hours.
    keeps_hours: bool,
}

/// Returns due mails, the longest due first, no more of a domain than its capacity allows.
/// A domain without capacity does not delay the mails to the others.
async fn choose(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    capacity: SendCapacity<'_>,
) -> Result<Vec<DueMail>, DbErr> {
    let mut taken: HashMap<String, usize> = capacity.in_hand.clone();
    let mut chosen: Vec<DueMail> = Vec::new();
    while chosen.len() < capacity.mails {
        let full = taken.iter().filter(|(_, n)| **n >= capacity.per_domain).map(|(it, _)| it.clone());
        let wanted = capacity.mails - chosen.len();
        let found: Vec<(Uuid, String, String)> = row::Entity::find()
            .select_only()
            .columns([row::Column::Id, row::Column::Domain, row::Column::Kind])
            .filter(is_due(now))
            .filter(row::COLUMN.domain.is_not_in(full))
            .filter(row::COLUMN.id.is_not_in(chosen.iter().map(|it| it.id)))
            .order_by_asc(row::COLUMN.due_at)
            .limit(u64::try_from(wanted).unwrap_or(u64::MAX))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .into_tuple()
            .all(tx)
            .await?;
        let is_all = found.len() < wanted;
        for (id, domain, kind) in found {
            let n = taken.entry(domain.clone()).or_default();
            if *n < capacity.per_domain {
                *n += 1;
                let keeps_hours = MailKind::from_code(&kind).is_some_and(MailKind::keeps_hours);
                chosen.push(DueMail { id, domain, keeps_hours });
            }
        }
        // A mail that was found but not chosen goes to a domain whose capacity is used up now.
        if is_all {
            break;
        }
    }
    Ok(chosen)
}

/// Returns the mails of `chosen` that may be sent now within each domain's rate limit, which all workers
/// share.
async fn keep_rate_limit(
    tx: &DatabaseTransaction,
    chosen: Vec<DueMail>,
    rate_limit: RateLimit,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    if rate_limit.0 == 0 || chosen.is_empty() {
        return Ok(chosen.into_iter().map(|it| it.id).collect());
    }
    let mut by_domain: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for it in chosen {
        by_domain.entry(it.domain).or_default().push(it.id);
    }
    let mut granted = Vec::new();
    // All workers lock the domains in the same order, so that two of them cannot wait for each other.
    for (domain, mut ids) in by_domain {
        let fresh = mail_rate::Model { domain: domain.clone(), used_until: now }.into_active_model();
        // Locks the row until the transaction ends, whether it is new or not.
        let used = mail_rate::Entity::insert(fresh)
            .on_conflict(
                OnConflict::column(mail_rate::Column::Domain)
                    .value(
                        mail_rate::Column::UsedUntil,
                        Expr::col((mail_rate::Entity, mail_rate::Column::UsedUntil)),
                    )
                    .to_owned(),
            )
            .exec_with_returning(tx)
            .await?;
        let (n, until) = rate_limit.grant(Some(used.used_until), now, ids.len());
        ids.truncate(n);
        granted.extend(ids);
        mail_rate::Entity::update_many()
            .col_expr(mail_rate::Column::UsedUntil, Expr::value(until))
            .filter(mail_rate::COLUMN.domain.eq(domain))
            .exec(tx)
            .await?;
    }
    Ok(granted)
}

async fn give_up(tx: &DatabaseTransaction, id: Uuid, why: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    tracing::error!(mail.id = %id, "mail {id} cannot be read and was set aside: {why}");
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Failed.code()))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .filter(row::COLUMN.id.eq(id))
        .exec(tx)
        .await?;
    let entry = log_entry(id, OutboxEvent::Refused, why, None, now);
    outbox_log::Entity::insert(entry).exec_without_returning(tx).await?;
    Ok(())
}

fn leased(row: row::Model) -> Result<LeasedMail, DbErr> {
    Ok(LeasedMail {
        id: MailId(row.id),
        domain: row.domain.clone(),
        attempts: row.attempts,
        unknown_outcomes: row.unknown_outcomes,
        planned_at: row.planned_at,
        mail: mail(row)?,
    })
}

fn is_due(now: DateTime<Utc>) -> Expr {
    let waiting = row::COLUMN.state.eq(MailStatus::Waiting.code()).and(row::COLUMN.due_at.lte(now));
    waiting.and(row::COLUMN.hold_reason.is_null())
}

/// Returns the condition for mails that are being sent under a lease that has run out.
fn is_abandoned(now: DateTime<Utc>) -> Expr {
    row::COLUMN.state.eq(MailStatus::Sending.code()).and(row::COLUMN.lease_until.lte(now))
}
