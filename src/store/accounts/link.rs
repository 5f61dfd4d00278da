//! Single-use links that were mailed or handed over. A link is identified by the hash of its token.
use chrono::{DateTime, Utc};
use codes::LinkPurpose;
use domain::id::{AccountId, ConsultationId};
use entity::link as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, sea_query::Expr,
};

use crate::store::{contradiction, known, write_batch::WriteBatch};

/// The purpose of a link, with the account or contact that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    SetPassword(AccountId),
    /// Signs in the contact with this address, in lower case.
    SignIn {
        email_key: String,
    },
    /// Signs in the contact with this address, in lower case, and confirms the address in this consultation.
    Confirm {
        email_key: String,
        consultation: ConsultationId,
    },
}

/// Returns what a link would do; `None` if it does not exist, has been used or has expired.
pub async fn open(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<Purpose>, DbErr> {
    row::Entity::find().filter(is_open(token_hash, now)).one(db).await?.map(from_row).transpose()
}

/// Returns what a link does or did, even if it has been used or has expired.
pub async fn find_any_state(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Purpose>, DbErr> {
    row::Entity::find_by_id(token_hash).one(db).await?.map(from_row).transpose()
}

/// Marks a link as used and returns what it does. If two requests use it at once, one of them gets `None`.
pub async fn spend(
    tx: &DatabaseTransaction,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<Purpose>, DbErr> {
    let Some(purpose) = open(tx, token_hash, now).await? else { return Ok(None) };
    let used = row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(is_open(token_hash, now))
        .exec(tx)
        .await?;
    Ok((used.rows_affected == 1).then_some(purpose))
}

pub async fn insert(
    tx: &DatabaseTransaction,
    token_hash: String,
    purpose: &Purpose,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = new_row(token_hash, purpose, now, expires_at);
    row::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Adds a link to a batch.
pub fn add(
    batch: &mut WriteBatch,
    token_hash: String,
    purpose: &Purpose,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    batch.insert(new_row(token_hash, purpose, now, expires_at))
}

fn new_row(
    token_hash: String,
    purpose: &Purpose,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> row::ActiveModel {
    let (kind, account_id, email_key, consultation_id) = match purpose {
        Purpose::SetPassword(account) => (LinkPurpose::SetPassword, Some(account.0), None, None),
        Purpose::SignIn { email_key } => (LinkPurpose::SignIn, None, Some(email_key.clone()), None),
        Purpose::Confirm { email_key, consultation } => {
            (LinkPurpose::Confirm, None, Some(email_key.clone()), Some(consultation.0))
        }
    };
    row::ActiveModel {
        token_hash: Set(token_hash),
        purpose: Set(kind.into()),
        account_id: Set(account_id),
        email_key: Set(email_key),
        consultation_id: Set(consultation_id),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    }
}

/// Returns whether an account has a link that can still be used.
pub async fn any_open(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::Column::AccountId.eq(account.0))
        .filter(row::Column::UsedAt.is_null())
        .filter(row::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Marks every unused link of an account as used, so that none of them works any more.
pub async fn void_of(tx: &DatabaseTransaction, account: AccountId, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::AccountId.eq(account.0))
        .filter(row::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Marks every unused link of a contact's address, in lower case, as used.
pub async fn void_of_contact(
    tx: &DatabaseTransaction,
    email_key: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::EmailKey.eq(email_key))
        .filter(row::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the links that expired before `now` and returns their number.
pub async fn delete_expired(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let done = row::Entity::delete_many().filter(row::Column::ExpiresAt.lt(now)).exec(tx).await?;
    Ok(done.rows_affected)
}

fn from_row(row: row::Model) -> Result<Purpose, DbErr> {
    let purpose = known(&row.purpose, row::Column::Purpose, &row.token_hash)?;
    match (purpose, row.account_id, row.email_key, row.consultation_id) {
        (LinkPurpose::SetPassword, Some(account), None, None) => Ok(Purpose::SetPassword(AccountId(account))),
        (LinkPurpose::SignIn, None, Some(email_key), None) => Ok(Purpose::SignIn { email_key }),
        (LinkPurpose::Confirm, None, Some(email_key), Some(consultation)) => {
            Ok(Purpose::Confirm { email_key, consultation: ConsultationId(consultation) })
        }
        (LinkPurpose::SetPassword | LinkPurpose::SignIn | LinkPurpose::Confirm, ..) => {
            Err(contradiction(row::Entity, &row.token_hash, "its columns do not fit its purpose"))
        }
    }
}

fn is_open(token_hash: &str, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(row::Column::TokenHash.eq(token_hash))
        .add(row::Column::UsedAt.is_null())
        .add(row::Column::ExpiresAt.gt(now))
}
