//! The position up to which a mailbox has been read, and the lease of the worker that reads it.
use chrono::{DateTime, TimeDelta, Utc};
use entity::imap_mailbox as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::rows_inserted;

/// The position from which reading continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPosition {
    /// `None` until the mailbox was opened for the first time.
    pub uid_validity: Option<i64>,
    /// The UID up to which every mail is stored.
    pub last_uid: i64,
}

/// Leases the mailbox; returns `None` if another worker has leased it.
pub async fn lease(
    tx: &DatabaseTransaction,
    name: &str,
    length: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<(Uuid, ReadPosition)>, DbErr> {
    let first = row::Model {
        name: name.to_owned(),
        uid_validity: None,
        last_uid: 0,
        lease_token: None,
        lease_until: None,
        polled_at: None,
        failure: String::new(),
    };
    let written = row::Entity::insert(first.into_active_model())
        .on_conflict(OnConflict::column(row::Column::Name).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    rows_inserted(written)?;
    let token = Uuid::new_v4();
    let free = row::COLUMN.lease_until.is_null().or(row::COLUMN.lease_until.lte(now));
    let taken = row::Entity::update_many()
        .col_expr(row::Column::LeaseToken, Expr::value(token))
        .col_expr(row::Column::LeaseUntil, Expr::value(now + length))
        .filter(row::COLUMN.name.eq(name))
        .filter(free)
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    let place = row::Entity::find_by_id(name.to_owned()).one(tx).await?;
    Ok(place.map(|it| (token, ReadPosition { uid_validity: it.uid_validity, last_uid: it.last_uid })))
}

/// Extends the lease and saves that the mailbox could be read. Returns false if the lease was lost.
pub async fn renew(
    tx: &DatabaseTransaction,
    name: &str,
    token: Uuid,
    length: TimeDelta,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let renewed = row::Entity::update_many()
        .col_expr(row::Column::LeaseUntil, Expr::value(now + length))
        .col_expr(row::Column::PolledAt, Expr::value(now))
        .col_expr(row::Column::Failure, Expr::value(""))
        .filter(row::COLUMN.name.eq(name))
        .filter(row::COLUMN.lease_token.eq(token))
        .exec(tx)
        .await?;
    Ok(renewed.rows_affected > 0)
}

/// Saves the position; returns false if the lease was lost.
pub async fn advance(
    tx: &DatabaseTransaction,
    name: &str,
    token: Uuid,
    place: ReadPosition,
) -> Result<bool, DbErr> {
    let moved = row::Entity::update_many()
        .col_expr(row::Column::UidValidity, Expr::value(place.uid_validity))
        .col_expr(row::Column::LastUid, Expr::value(place.last_uid))
        .filter(row::COLUMN.name.eq(name))
        .filter(row::COLUMN.lease_token.eq(token))
        .exec(tx)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// Gives the lease back. `failure` is why the mailbox could not be read; it is empty if it could.
pub async fn give_back(
    tx: &DatabaseTransaction,
    name: &str,
    token: Uuid,
    failure: &str,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(row::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(row::Column::Failure, Expr::value(failure))
        .filter(row::COLUMN.name.eq(name))
        .filter(row::COLUMN.lease_token.eq(token))
        .exec(tx)
        .await?;
    Ok(())
}

/// A mailbox that was read once, and whether it can be read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxHealth {
    pub name: String,
    pub polled_at: Option<DateTime<Utc>>,
    /// The reason for which the mailbox cannot be read now; empty if it can.
    pub failure: String,
}

/// Returns every mailbox that was ever read.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<MailboxHealth>, DbErr> {
    let rows = row::Entity::find().all(db).await?;
    let of = |it: row::Model| MailboxHealth { name: it.name, polled_at: it.polled_at, failure: it.failure };
    Ok(rows.into_iter().map(of).collect())
}
