//! Failed sign-ins, by the address of an account and the origin: a known device or a network. Both are keyed hashes.
use chrono::{DateTime, Utc};
use entity::sign_in_failure as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

/// The failures of one origin with one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInFailures {
    /// The failures in a row since the last lock.
    pub failures: i32,
    pub locks: i32,
    pub locked_until: Option<DateTime<Utc>>,
}

/// Returns the failures of an origin; none at all if there is no row.
pub async fn of(db: &impl ConnectionTrait, account: &str, origin: &str) -> Result<SignInFailures, DbErr> {
    let found = row::Entity::find_by_id((account.to_owned(), origin.to_owned())).one(db).await?;
    Ok(found
        .map(|it| SignInFailures { failures: it.failures, locks: it.locks, locked_until: it.locked_until })
        .unwrap_or_default())
}

/// Saves the failures of an origin.
pub async fn save(
    tx: &DatabaseTransaction,
    account: String,
    origin: String,
    failures: &SignInFailures,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        account: Set(account),
        origin: Set(origin),
        failures: Set(failures.failures),
        locks: Set(failures.locks),
        locked_until: Set(failures.locked_until),
        failed_at: Set(now),
    };
    let again = OnConflict::columns([row::Column::Account, row::Column::Origin])
        .update_columns([
            row::Column::Failures,
            row::Column::Locks,
            row::Column::LockedUntil,
            row::Column::FailedAt,
        ])
        .to_owned();
    row::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Deletes the failures of an origin with an address.
pub async fn delete(tx: &DatabaseTransaction, account: &str, origin: &str) -> Result<(), DbErr> {
    let of_account = row::Entity::delete_many().filter(row::Column::Account.eq(account));
    of_account.filter(row::Column::Origin.eq(origin)).exec(tx).await?;
    Ok(())
}

/// Deletes the failures of all origins with an address.
pub async fn delete_of(tx: &DatabaseTransaction, account: &str) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::Column::Account.eq(account)).exec(tx).await?;
    Ok(())
}

/// Deletes the failures of before `before` and returns their number.
pub async fn delete_old(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::delete_many().filter(row::Column::FailedAt.lt(before)).exec(tx).await?;
    Ok(done.rows_affected)
}
