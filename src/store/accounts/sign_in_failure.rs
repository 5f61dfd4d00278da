//! Failed sign-ins, by account and network. A network is a keyed hash.
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use entity::sign_in_failure as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

/// The failures of one network with one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInFailures {
    /// The failures in a row since the last lock.
    pub failures: i32,
    pub locks: i32,
    pub locked_until: Option<DateTime<Utc>>,
}

/// Returns the failures of a network; none at all if there is no row.
pub async fn of(db: &impl ConnectionTrait, id: AccountId, network: &str) -> Result<SignInFailures, DbErr> {
    let found = row::Entity::find_by_id((id.0, network.to_owned())).one(db).await?;
    Ok(found
        .map(|it| SignInFailures { failures: it.failures, locks: it.locks, locked_until: it.locked_until })
        .unwrap_or_default())
}

/// Saves the failures of a network. The caller has locked the account's row.
pub async fn save(
    tx: &DatabaseTransaction,
    id: AccountId,
    network: String,
    failures: &SignInFailures,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        account_id: Set(id.0),
        network: Set(network),
        failures: Set(failures.failures),
        locks: Set(failures.locks),
        locked_until: Set(failures.locked_until),
        failed_at: Set(now),
    };
    let again = OnConflict::columns([row::Column::AccountId, row::Column::Network])
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

/// Deletes the failures of a network with an account.
pub async fn delete(tx: &DatabaseTransaction, id: AccountId, network: &str) -> Result<(), DbErr> {
    let of_account = row::Entity::delete_many().filter(row::Column::AccountId.eq(id.0));
    of_account.filter(row::Column::Network.eq(network)).exec(tx).await?;
    Ok(())
}

/// Deletes the failures of all networks with an account.
pub async fn delete_of(tx: &DatabaseTransaction, id: AccountId) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::Column::AccountId.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// Deletes the failures of before `before` and returns their number.
pub async fn delete_old(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::delete_many().filter(row::Column::FailedAt.lt(before)).exec(tx).await?;
    Ok(done.rows_affected)
}
