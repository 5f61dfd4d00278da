//! Second factors of accounts, and their recovery codes.
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use entity::{recovery_code, second_factor as row};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, sea_query::Expr,
};

/// A second factor: an application that makes one-time codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The encrypted secret.
    pub secret: String,
    /// The step of 30 seconds whose code was accepted last.
    pub last_step: i64,
    /// The wrong codes from devices that are not known, since the last right one, and when the last of them was typed.
    pub wrong_codes: i32,
    pub wrong_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// Returns the second factor of an account; `None` if it has none.
pub async fn find(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<SecondFactor>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.map(|it| SecondFactor {
        secret: it.secret,
        last_step: it.last_step,
        wrong_codes: it.wrong_codes,
        wrong_at: it.wrong_at,
        created_at: it.created_at,
    }))
}

/// Inserts a second factor with the hashes of its recovery codes. The account has none.
pub async fn insert(
    tx: &DatabaseTransaction,
    id: AccountId,
    factor: SecondFactor,
    code_hashes: Vec<String>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        account_id: Set(id.0),
        secret: Set(factor.secret),
        last_step: Set(factor.last_step),
        wrong_codes: Set(factor.wrong_codes),
        wrong_at: Set(factor.wrong_at),
        created_at: Set(factor.created_at),
    };
    row::Entity::insert(row).exec_without_returning(tx).await?;
    insert_codes(tx, id, code_hashes).await
}

async fn insert_codes(
    tx: &DatabaseTransaction,
    id: AccountId,
    code_hashes: Vec<String>,
) -> Result<(), DbErr> {
    let codes = code_hashes.into_iter().map(|it| recovery_code::ActiveModel {
        account_id: Set(id.0),
        code_hash: Set(it),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(codes).exec_without_returning(tx).await?;
    Ok(())
}

/// Marks a step as used. Returns false if the code of this step or of a later one was accepted before: of two requests
/// with one code, one gets false.
pub async fn use_step(tx: &DatabaseTransaction, id: AccountId, step: i64) -> Result<bool, DbErr> {
    let done = row::Entity::update_many()
        .col_expr(row::Column::LastStep, Expr::value(step))
        .filter(row::Column::AccountId.eq(id.0))
        .filter(row::Column::LastStep.lt(step))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Marks a recovery code as used. Returns false if there is no such code, or if it was used before.
pub async fn use_code(
    tx: &DatabaseTransaction,
    id: AccountId,
    code_hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let done = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(now))
        .filter(recovery_code::Column::AccountId.eq(id.0))
        .filter(recovery_code::Column::CodeHash.eq(code_hash))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Saves the number of wrong codes, and when the last of them was typed.
pub async fn save_wrong_codes(
    tx: &DatabaseTransaction,
    id: AccountId,
    count: i32,
    at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::WrongCodes, Expr::value(count))
        .col_expr(row::Column::WrongAt, Expr::value(at))
        .filter(row::Column::AccountId.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Replaces the recovery codes of an account. The earlier ones open nothing any more.
pub async fn replace_codes(
    tx: &DatabaseTransaction,
    id: AccountId,
    code_hashes: Vec<String>,
) -> Result<(), DbErr> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(id.0)).exec(tx).await?;
    insert_codes(tx, id, code_hashes).await
}

/// Returns how many recovery codes of an account are left.
pub async fn codes_left(db: &impl ConnectionTrait, id: AccountId) -> Result<u64, DbErr> {
    let of_account = recovery_code::Entity::find().filter(recovery_code::Column::AccountId.eq(id.0));
    of_account.filter(recovery_code::Column::UsedAt.is_null()).count(db).await
}

/// Deletes the second factor of an account with its codes. Returns whether there was one.
pub async fn delete(tx: &DatabaseTransaction, id: AccountId) -> Result<bool, DbErr> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(id.0)).exec(tx).await?;
    let done = row::Entity::delete_many().filter(row::Column::AccountId.eq(id.0)).exec(tx).await?;
    Ok(done.rows_affected == 1)
}
