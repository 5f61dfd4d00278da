//! Experts' external calendars and their busy times.
//!
//! The busy times that were read last stay until newer ones are read: no failure deletes a busy time.
use std::ops::Range;

use chrono::{DateTime, Utc};
use domain::id::ExpertId;
pub use entity::external_calendar::Model as Source;
use entity::{external_busy as busy_row, external_calendar as row};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect, RelationDef, Set, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::reference::revision::{RevisedPart, touch};

pub mod clash;
pub mod entry;

/// The largest number of rows that one statement writes.
const AT_ONCE: usize = 1000;

/// The result of fetching a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarReading {
    /// Busy quarter hours, counted since 1970: sorted ranges that do not touch each other.
    pub quarters: Vec<Range<i64>>,
    /// The server's name for this version of the calendar.
    pub version: Option<String>,
    pub unread: i32,
    pub unknown_zones: i32,
}

/// Returns one expert's calendars, oldest first.
pub async fn of(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<Source>, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Source>, DbErr> {
    row::Entity::find_by_id(id).one(db).await
}

/// Returns the calendars that were last fetched before `fresh`, the longest ago first; only those of the
/// expert `only`, if it is given.
pub async fn stale(
    db: &impl ConnectionTrait,
    fresh: DateTime<Utc>,
    only: Option<ExpertId>,
) -> Result<Vec<Source>, DbErr> {
    let mut query = row::Entity::find().filter(row::COLUMN.fetched_at.lt(fresh));
    if let Some(expert) = only {
        query = query.filter(row::COLUMN.expert_id.eq(expert.0));
    }
    query.order_by_asc(row::COLUMN.fetched_at).all(db).await
}

/// Returns a calendar, locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<Source>, DbErr> {
    row::Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// Returns up to `limit` calendars that are due to be fetched and not leased, the longest due first.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<Uuid>, DbErr> {
    row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.due_at.lte(now))
        .filter(unleased(now))
        .order_by_asc(row::COLUMN.due_at)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Returns the busy ranges of blocking external calendars, cut to `quarters`; only those of the expert
/// `only`, if it is given.
pub async fn busy(
    db: &impl ConnectionTrait,
    quarters: Range<i64>,
    only: Option<ExpertId>,
) -> Result<Vec<(ExpertId, Range<i64>)>, DbErr> {
    let mut query = busy_row::Entity::find()
        .select_only()
        .column(row::Column::ExpertId)
        .column(busy_row::Column::FirstQuarter)
        .column(busy_row::Column::EndQuarter)
        .join(JoinType::InnerJoin, source())
        .filter(row::COLUMN.blocking.eq(true))
        .filter(busy_row::COLUMN.end_quarter.gt(quarters.start))
        .filter(busy_row::COLUMN.first_quarter.lt(quarters.end));
    if let Some(expert) = only {
        query = query.filter(row::COLUMN.expert_id.eq(expert.0));
    }
    let rows: Vec<(Uuid, i64, i64)> =
        query.order_by_asc(busy_row::COLUMN.first_quarter).into_tuple().all(db).await?;
    let within = |(expert, first, end): (Uuid, i64, i64)| {
        (ExpertId(expert), first.max(quarters.start)..end.min(quarters.end))
    };
    Ok(rows.into_iter().map(within).collect())
}

/// Writes a calendar that was just read.
pub async fn insert(tx: &DatabaseTransaction, it: Source, quarters: &[Range<i64>]) -> Result<(), DbErr> {
    let id = it.id;
    row::Entity::insert(it.into_active_model()).exec_without_returning(tx).await?;
    insert_busy(tx, id, quarters).await?;
    touch(tx, RevisedPart::Bookings).await
}

/// Replaces the address or the login of a calendar and its busy times with those just read. The lease is
/// ended, so that a worker that is still fetching with the old data cannot settle it. If the calendar
/// `is_elsewhere` now, entries at the old address stay there, and all entries are written again at the new
/// one.
pub async fn replace(
    tx: &DatabaseTransaction,
    it: Source,
    quarters: &[Range<i64>],
    is_elsewhere: bool,
) -> Result<(), DbErr> {
    let id = it.id;
    let it = Source { lease_token: None, lease_until: None, ..it };
    row::Entity::update(it.into_active_model().reset_all()).exec(tx).await?;
    if is_elsewhere {
        entry::forget(tx, id).await?;
    }
    replace_busy(tx, id, quarters).await?;
    touch(tx, RevisedPart::Bookings).await
}

/// Removes a calendar of this expert with its busy times; returns whether it existed.
pub async fn remove(tx: &DatabaseTransaction, expert: ExpertId, id: Uuid) -> Result<bool, DbErr> {
    let gone = row::Entity::delete_many()
        .filter(row::COLUMN.id.eq(id))
        .filter(row::COLUMN.expert_id.eq(expert.0))
        .exec(tx)
        .await?;
    touch(tx, RevisedPart::Bookings).await?;
    Ok(gone.rows_affected > 0)
}

/// Erases the calendars of an expert whose account is closed, with their addresses, logins and busy times. A calendar with
/// entries of appointments ahead is kept until they are taken out of it, which is due at once.
pub async fn close(tx: &DatabaseTransaction, expert: ExpertId, now: DateTime<Utc>) -> Result<(), DbErr> {
    for it in of(tx, expert).await? {
        if !entry::are_ahead(tx, it.id, now).await? {
            remove(tx, expert, it.id).await?;
            continue;
        }
        busy_row::Entity::delete_many().filter(busy_row::COLUMN.source_id.eq(it.id)).exec(tx).await?;
        let mut it = it.into_active_model();
        it.due_at = Set(now);
        // An account that is opened again reads everything anew.
        it.version = Set(None);
        row::Entity::update(it).exec(tx).await?;
        touch(tx, RevisedPart::Bookings).await?;
    }
    Ok(())
}

/// Saves whether a calendar of this expert blocks time even if it was last fetched before `fresh`.
pub async fn save_policy(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    id: Uuid,
    blocks_when_stale: bool,
    fresh: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(it) = find(tx, id).await?.filter(|it| it.expert_id == expert.0) else { return Ok(()) };
    let blocking = blocks_when_stale || it.fetched_at >= fresh;
    let mut it = it.into_active_model();
    it.blocks_when_stale = Set(blocks_when_stale);
    it.blocking = Set(blocking);
    row::Entity::update(it).exec(tx).await?;
    touch(tx, RevisedPart::Bookings).await
}

/// Stops blocking by calendars that were last fetched before `fresh` and are not set to block when stale.
/// Returns their number.
pub async fn unblock(tx: &DatabaseTransaction, fresh: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::update_many()
        .col_expr(row::Column::Blocking, Expr::value(false))
        .filter(row::COLUMN.blocking.eq(true))
        .filter(row::COLUMN.blocks_when_stale.eq(false))
        .filter(row::COLUMN.fetched_at.lt(fresh))
        .exec(tx)
        .await?;
    if done.rows_affected > 0 {
        touch(tx, RevisedPart::Bookings).await?;
    }
    Ok(done.rows_affected)
}

/// Leases a calendar for fetching; returns `None` if another worker has leased it.
pub async fn lease(
    tx: &DatabaseTransaction,
    id: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<(Uuid, Source)>, DbErr> {
    let token = Uuid::new_v4();
    let taken = row::Entity::update_many()
        .col_expr(row::Column::LeaseToken, Expr::value(Some(token)))
        .col_expr(row::Column::LeaseUntil, Expr::value(Some(until)))
        .filter(row::COLUMN.id.eq(id))
        .filter(unleased(now))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    Ok(find(tx, id).await?.map(|it| (token, it)))
}

/// Ends a lease and saves the result of a fetch; returns false if the lease was lost or the calendar is gone.
///
/// `read` is what was fetched; `None` if the server reported no change since the last fetch.
pub async fn settle(
    tx: &DatabaseTransaction,
    id: Uuid,
    token: Uuid,
    read: Option<&CalendarReading>,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Some(it) = leased(tx, id, token).await? else { return Ok(false) };
    let was_blocking = it.blocking;
    let mut it = it.into_active_model();
    let mut changed = !was_blocking;
    if let Some(read) = read {
        changed |= replace_busy(tx, id, &read.quarters).await?;
        it.version = Set(read.version.clone());
        it.unread = Set(read.unread);
        it.unknown_zones = Set(read.unknown_zones);
        it.read_at = Set(now);
    }
    it.blocking = Set(true);
    it.fetched_at = Set(now);
    it.due_at = Set(due_at);
    it.failing_since = Set(None);
    it.failures = Set(0);
    it.error = Set(None);
    it.lease_token = Set(None);
    it.lease_until = Set(None);
    row::Entity::update(it).exec(tx).await?;
    if changed {
        touch(tx, RevisedPart::Bookings).await?;
    }
    Ok(true)
}

/// Ends a lease after a failed fetch; returns false if the lease was lost or the calendar is gone. Everything
/// that was read before stays.
pub async fn settle_failed(
    tx: &DatabaseTransaction,
    id: Uuid,
    token: Uuid,
    why: &str,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Some(it) = leased(tx, id, token).await? else { return Ok(false) };
    let (since, failures) = (it.failing_since.unwrap_or(now), it.failures.saturating_add(1));
    let mut it = it.into_active_model();
    it.due_at = Set(due_at);
    it.failing_since = Set(Some(since));
    it.failures = Set(failures);
    it.error = Set(Some(why.to_owned()));
    it.lease_token = Set(None);
    it.lease_until = Set(None);
    row::Entity::update(it).exec(tx).await?;
    Ok(true)
}

async fn leased(tx: &DatabaseTransaction, id: Uuid, token: Uuid) -> Result<Option<Source>, DbErr> {
    Ok(find(tx, id).await?.filter(|it| it.lease_token == Some(token)))
}

/// Replaces the busy times of a calendar; returns whether they have changed.
async fn replace_busy(tx: &DatabaseTransaction, id: Uuid, quarters: &[Range<i64>]) -> Result<bool, DbErr> {
    let of_source = || busy_row::Entity::find().filter(busy_row::COLUMN.source_id.eq(id));
    let known: Vec<_> = of_source()
        .order_by_asc(busy_row::COLUMN.first_quarter)
        .all(tx)
        .await?
        .into_iter()
        .map(|it| it.first_quarter..it.end_quarter)
        .collect();
    if known == quarters {
        return Ok(false);
    }
    busy_row::Entity::delete_many().filter(busy_row::COLUMN.source_id.eq(id)).exec(tx).await?;
    insert_busy(tx, id, quarters).await?;
    Ok(true)
}

async fn insert_busy(tx: &DatabaseTransaction, id: Uuid, quarters: &[Range<i64>]) -> Result<(), DbErr> {
    for part in quarters.chunks(AT_ONCE) {
        let rows = part.iter().map(|it| {
            busy_row::Model { source_id: id, first_quarter: it.start, end_quarter: it.end }
                .into_active_model()
        });
        busy_row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn unleased(now: DateTime<Utc>) -> sea_orm::Condition {
    sea_orm::Condition::any().add(row::COLUMN.lease_until.is_null()).add(row::COLUMN.lease_until.lte(now))
}

fn source() -> RelationDef {
    busy_row::Entity::belongs_to(row::Entity).from(busy_row::Column::SourceId).to(row::Column::Id).into()
}
