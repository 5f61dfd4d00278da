//! Sessions, which are signed-in browsers. A session is identified by the hash of its cookie. It ends when
//! its row says so: it expires or is revoked.
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use entity::{account, session as row};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, sea_query::Expr,
};

use super::account::{Account, from_row};

/// The account or contact that a session belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    Account(AccountId),
    /// A company's contact, identified by the address in lower case.
    Contact(String),
}

/// The session of an account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSession {
    pub token_hash: String,
    /// The words for the device; empty in sessions that an earlier version opened.
    pub device: String,
    /// The network from which the person signed in; empty likewise.
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
}

/// The browser that opens a session of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPlace {
    /// The words for the device.
    pub device: String,
    /// The network: a /24 for IPv4, a /64 for IPv6.
    pub network: String,
}

/// Returns the active account that this session belongs to, and when the session was last used.
pub async fn account(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Account, DateTime<Utc>)>, DbErr> {
    let whose: RelationDef =
        row::Entity::belongs_to(account::Entity).from(row::Column::AccountId).to(account::Column::Id).into();
    let found = row::Entity::find()
        .join(JoinType::InnerJoin, whose)
        .select_also(account::Entity)
        .filter(open(token_hash, now))
        .filter(account::Column::Active.eq(true))
        .one(db)
        .await?;
    let Some((opened, Some(account))) = found else { return Ok(None) };
    Ok(Some((from_row(&account)?, last_use(&opened))))
}

/// Returns the open sessions of an account, the one that was used last first.
pub async fn of_account(
    db: &impl ConnectionTrait,
    id: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<AccountSession>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::AccountId.eq(id.0))
        .filter(row::Column::RevokedAt.is_null())
        .filter(row::Column::ExpiresAt.gt(now))
        .all(db)
        .await?;
    let mut found: Vec<_> = rows
        .into_iter()
        .map(|it| AccountSession {
            used_at: last_use(&it),
            created_at: it.created_at,
            device: it.device.unwrap_or_default(),
            network: it.network.unwrap_or_default(),
            token_hash: it.token_hash,
        })
        .collect();
    found.sort_by(|a, b| b.used_at.cmp(&a.used_at).then_with(|| a.token_hash.cmp(&b.token_hash)));
    Ok(found)
}

fn last_use(row: &row::Model) -> DateTime<Utc> {
    row.used_at.unwrap_or(row.created_at)
}

/// Returns the address, in lower case, of the contact that this session belongs to.
pub async fn contact(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, DbErr> {
    let found = row::Entity::find().filter(open(token_hash, now)).one(db).await?;
    Ok(found.and_then(|it| it.contact_email_key))
}

/// Returns when the latest of the sessions of a contact began, by the contact's address in lower case.
pub async fn contact_since(
    db: &impl ConnectionTrait,
    email_key: &str,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let found = row::Entity::find()
        .filter(row::Column::ContactEmailKey.eq(email_key))
        .order_by_desc(row::Column::CreatedAt)
        .one(db)
        .await?;
    Ok(found.map(|it| it.created_at))
}

pub async fn insert(
    tx: &DatabaseTransaction,
    token_hash: String,
    holder: &Holder,
    place: Option<SessionPlace>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (account_id, contact_email_key) = match holder {
        Holder::Account(id) => (Some(id.0), None),
        Holder::Contact(email_key) => (None, Some(email_key.clone())),
    };
    let (device, network) = place.map(|it| (it.device, it.network)).unzip();
    let row = row::ActiveModel {
        token_hash: Set(token_hash),
        account_id: Set(account_id),
        contact_email_key: Set(contact_email_key),
        created_at: Set(now),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        used_at: Set(None),
        device: Set(device),
        network: Set(network),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves that a page was read with a session.
pub async fn save_use(tx: &DatabaseTransaction, token_hash: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::TokenHash.eq(token_hash))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends one session of an account: another account's stays.
pub async fn revoke_of(
    tx: &DatabaseTransaction,
    id: AccountId,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let which = row::Column::AccountId.eq(id.0).and(row::Column::TokenHash.eq(token_hash));
    revoke_where(tx, which, now).await
}

/// Ends every session of an account but one.
pub async fn revoke_others(
    tx: &DatabaseTransaction,
    id: AccountId,
    kept: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let which = row::Column::AccountId.eq(id.0).and(row::Column::TokenHash.ne(kept));
    revoke_where(tx, which, now).await
}

pub async fn revoke(tx: &DatabaseTransaction, token_hash: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    revoke_where(tx, row::Column::TokenHash.eq(token_hash), now).await
}

pub async fn revoke_all(tx: &DatabaseTransaction, holder: &Holder, now: DateTime<Utc>) -> Result<(), DbErr> {
    let whose = match holder {
        Holder::Account(id) => row::Column::AccountId.eq(id.0),
        Holder::Contact(email_key) => row::Column::ContactEmailKey.eq(email_key.as_str()),
    };
    revoke_where(tx, whose, now).await
}

/// Deletes the sessions that expired before `now` and returns their number.
pub async fn delete_expired(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::delete_many().filter(row::Column::ExpiresAt.lt(now)).exec(tx).await?;
    Ok(done.rows_affected)
}

async fn revoke_where(
    tx: &DatabaseTransaction,
    which: sea_orm::sea_query::SimpleExpr,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::RevokedAt, Expr::value(now))
        .filter(which)
        .filter(row::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn open(token_hash: &str, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(row::Column::TokenHash.eq(token_hash))
        .add(row::Column::RevokedAt.is_null())
        .add(row::Column::ExpiresAt.gt(now))
}
