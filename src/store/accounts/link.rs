//! Single-use links that were mailed or handed over. A link is known by the hash of its token.
use chrono::{DateTime, Utc};
use codes::LinkPurpose;
use domain::id::{AccountId, ConsultationId};
use entity::link as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, sea_query::Expr,
};

use crate::store::{contradiction, known, write_batch::WriteBatch};

/// What a link is good for, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    SetPassword(AccountId),
    /// Signs the contact with this address, lower-cased, in.
    SignIn {
        email_key: String,
    },
    /// The same, and confirms the address in this consultation.
    Confirm {
        email_key: String,
        consultation: ConsultationId,
    },
}

/// What a link that has not been used or expired would do.
pub async fn open(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<Purpose>, DbErr> {
    row::Entity::find().filter(is_open(token_hash, now)).one(db).await?.map(from_row).transpose()
}

/// What a link is, or was, good for, used and expired ones included.
pub async fn find_any_state(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Purpose>, DbErr> {
    row::Entity::find_by_id(token_hash).one(db).await?.map(from_row).transpose()
}

/// Uses a link up. Of two who try at once, one gets nothing.
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

/// Makes every link of an account worthless.
pub async fn void_of(tx: &DatabaseTransaction, account: AccountId, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::Column::AccountId.eq(account.0))
        .filter(row::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets the links that expired before `now`; returns how many.
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
