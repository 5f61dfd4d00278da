//! Accounts: the people who sign in with a password.
use chrono::{DateTime, Utc};
use domain::{
    actor::Role,
    id::{AccountId, DeskId},
};
use entity::{account as row, link};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

use crate::store::known;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The desk where the person works; set for the role `Desk` alone.
    pub desk: Option<DeskId>,
    /// Whether the account can sign in.
    pub active: bool,
    /// Whether a password is set; false until the set-up link was used.
    pub has_password: bool,
}

/// An account with the data that a sign-in checks.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub account: Account,
    /// The password's hash: Argon2id in PHC format.
    pub password_hash: Option<String>,
    /// When the person was last told that a network was locked out of the account.
    pub lock_told_at: Option<DateTime<Utc>>,
}

pub async fn find(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Account>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(|it| from_row(&it)).transpose()
}

pub async fn find_by_email(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<Account>, DbErr> {
    Ok(credentials(db, email_key).await?.map(|it| it.account))
}

pub async fn credentials(db: &impl ConnectionTrait, email_key: &str) -> Result<Option<Credentials>, DbErr> {
    let found = row::Entity::find().filter(row::Column::EmailKey.eq(email_key)).one(db).await?;
    found.map(to_credentials).transpose()
}

/// Returns the credentials of the account with this address, with the row locked until the transaction ends.
pub async fn lock_credentials(
    tx: &DatabaseTransaction,
    email_key: &str,
) -> Result<Option<Credentials>, DbErr> {
    let query = row::Entity::find().filter(row::Column::EmailKey.eq(email_key)).lock_exclusive();
    query.one(tx).await?.map(to_credentials).transpose()
}

/// Returns the hash of an account's password; `None` if none is set.
pub async fn password_hash(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<String>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.and_then(|it| it.password_hash))
}

/// Returns the credentials of an account, with the row locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: AccountId) -> Result<Option<Credentials>, DbErr> {
    let query = row::Entity::find_by_id(id.0).lock_exclusive();
    query.one(tx).await?.map(to_credentials).transpose()
}

/// Returns whether an account is active. If it is, it stays so until the transaction ends: an operation that gives work
/// to an account and one that closes it come one after the other.
pub async fn stays_active(tx: &DatabaseTransaction, id: AccountId) -> Result<bool, DbErr> {
    let found = row::Entity::find_by_id(id.0).lock_shared().one(tx).await?;
    Ok(found.is_some_and(|it| it.active))
}

/// Returns for those of `addresses`, in lower case, that belong to an account whether it is active.
pub async fn standing(
    db: &impl ConnectionTrait,
    addresses: Vec<String>,
) -> Result<HashMap<String, bool>, DbErr> {
    if addresses.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, bool)> = row::Entity::find()
        .select_only()
        .columns([row::Column::EmailKey, row::Column::Active])
        .filter(row::Column::EmailKey.is_in(addresses))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Returns the names of the accounts `ids`, by id.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let ids: BTreeSet<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = row::Entity::find().select_only().column(row::Column::Id).column(row::Column::Name);
    let rows: Vec<(Uuid, String)> = query.filter(row::Column::Id.is_in(ids)).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// Returns the accounts of a role that can sign in, by name.
pub async fn active(db: &impl ConnectionTrait, role: Role) -> Result<Vec<Account>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.role.eq(role.code()))
        .filter(row::COLUMN.active.eq(true))
        .order_by_asc(row::COLUMN.name)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns all accounts, by role and name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Account>, DbErr> {
    let query = row::Entity::find().order_by_asc(row::Column::Role).order_by_asc(row::Column::Name);
    query.order_by_asc(row::Column::Id).all(db).await?.iter().map(from_row).collect()
}

/// Returns for each account when a link to set its password was last sent, and until when that link is or was
/// valid.
pub async fn last_links(
    db: &impl ConnectionTrait,
) -> Result<BTreeMap<AccountId, (DateTime<Utc>, DateTime<Utc>)>, DbErr> {
    let rows: Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)> = link::Entity::find()
        .select_only()
        .column(link::Column::AccountId)
        .column_as(link::Column::CreatedAt.max(), "created_at")
        .column_as(link::Column::ExpiresAt.max(), "expires_at")
        .filter(link::Column::AccountId.is_not_null())
        .group_by(link::Column::AccountId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, created, expires)| (AccountId(id), (created, expires))).collect())
}

/// Returns how many active accounts there are, by role.
pub async fn count_by_role(db: &impl ConnectionTrait) -> Result<BTreeMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = row::Entity::find()
        .select_only()
        .column(row::Column::Role)
        .column_as(row::Column::Id.count(), "n")
        .filter(row::Column::Active.eq(true))
        .group_by(row::Column::Role)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Returns whether an active administrator has set a password.
pub async fn any_administrator(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let query = administrators().filter(row::Column::PasswordHash.is_not_null());
    Ok(query.count(db).await? > 0)
}

/// Returns the oldest active administrator account that has no password yet.
pub async fn waiting_administrator(db: &impl ConnectionTrait) -> Result<Option<Account>, DbErr> {
    let query = administrators().filter(row::Column::PasswordHash.is_null());
    query.order_by_asc(row::Column::CreatedAt).one(db).await?.map(|it| from_row(&it)).transpose()
}

pub async fn insert(
    tx: &DatabaseTransaction,
    account: &Account,
    email_key: String,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        id: Set(account.id.0),
        email: Set(account.email.clone()),
        email_key: Set(email_key),
        name: Set(account.name.clone()),
        role: Set(account.role.into()),
        desk_id: Set(account.desk.map(|it| it.0)),
        password_hash: Set(None),
        active: Set(account.active),
        lock_told_at: Set(None),
        created_at: Set(now),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves when the person was told of a lock.
pub async fn save_lock_told(tx: &DatabaseTransaction, id: AccountId, at: DateTime<Utc>) -> Result<(), DbErr> {
    let row = row::ActiveModel { id: Set(id.0), lock_told_at: Set(Some(at)), ..Default::default() };
    row.update(tx).await?;
    Ok(())
}

pub async fn save_password(tx: &DatabaseTransaction, id: AccountId, hash: String) -> Result<(), DbErr> {
    let row = row::ActiveModel { id: Set(id.0), password_hash: Set(Some(hash)), ..Default::default() };
    row.update(tx).await?;
    Ok(())
}

pub async fn save_active(tx: &DatabaseTransaction, id: AccountId, active: bool) -> Result<(), DbErr> {
    let row = row::ActiveModel { id: Set(id.0), active: Set(active), ..Default::default() };
    row.update(tx).await?;
    Ok(())
}

pub(in crate::store) fn from_row(row: &row::Model) -> Result<Account, DbErr> {
    let role = known(&row.role, row::Column::Role, row.id)?;
    Ok(Account {
        id: AccountId(row.id),
        email: row.email.clone(),
        name: row.name.clone(),
        role,
        desk: row.desk_id.map(DeskId),
        active: row.active,
        has_password: row.password_hash.is_some(),
    })
}

fn to_credentials(row: row::Model) -> Result<Credentials, DbErr> {
    Ok(Credentials {
        account: from_row(&row)?,
        password_hash: row.password_hash,
        lock_told_at: row.lock_told_at,
    })
}

/// Returns the address and the name of every active administrator who has set a password.
pub async fn administrators_to_tell(db: &impl ConnectionTrait) -> Result<Vec<(String, String)>, DbErr> {
    administrators()
        .filter(row::Column::PasswordHash.is_not_null())
        .select_only()
        .column(row::Column::Email)
        .column(row::Column::Name)
        .order_by_asc(row::Column::CreatedAt)
        .into_tuple()
        .all(db)
        .await
}

fn administrators() -> sea_orm::Select<row::Entity> {
    row::Entity::find()
        .filter(row::Column::Role.eq(Role::Administrator.code()))
        .filter(row::Column::Active.eq(true))
}
