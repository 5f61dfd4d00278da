//! Known devices: the browsers from which accounts have signed in. A device is identified by the hash of its cookie.
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use entity::known_device as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, sea_query::Expr,
};

/// Returns the one of these hashes that is of a device of this account, if it has signed in since `since` and was not
/// forgotten.
pub async fn known(
    db: &impl ConnectionTrait,
    id: AccountId,
    token_hashes: Vec<String>,
    since: DateTime<Utc>,
) -> Result<Option<String>, DbErr> {
    if token_hashes.is_empty() {
        return Ok(None);
    }
    let found = row::Entity::find().filter(row::Column::TokenHash.is_in(token_hashes)).all(db).await?;
    let is_known = |it: &row::Model| it.account_id == id.0 && it.used_at > since && it.forgotten_at.is_none();
    Ok(found.into_iter().find(is_known).map(|it| it.token_hash))
}

/// Returns whether an account has signed in from any browser that is remembered, or was forgotten.
pub async fn any(db: &impl ConnectionTrait, id: AccountId) -> Result<bool, DbErr> {
    Ok(row::Entity::find().filter(row::Column::AccountId.eq(id.0)).count(db).await? > 0)
}

pub async fn insert(
    tx: &DatabaseTransaction,
    id: AccountId,
    token_hash: String,
    device: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        token_hash: Set(token_hash),
        account_id: Set(id.0),
        device: Set(device),
        first_used_at: Set(now),
        used_at: Set(now),
        forgotten_at: Set(None),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves that a known device has signed in again.
pub async fn save_use(tx: &DatabaseTransaction, token_hash: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::TokenHash.eq(token_hash))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets every device of an account. The rows stay as long as others, so that the next sign-in is not the first one.
pub async fn forget_of(tx: &DatabaseTransaction, id: AccountId, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::ForgottenAt, Expr::value(now))
        .filter(row::Column::AccountId.eq(id.0))
        .filter(row::Column::ForgottenAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the devices that were last used before `before` and returns their number.
pub async fn delete_unused(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::delete_many().filter(row::Column::UsedAt.lt(before)).exec(tx).await?;
    Ok(done.rows_affected)
}
