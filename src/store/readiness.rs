//! Rows that processes write and read back to check that the database can do both.
use chrono::{DateTime, Utc};
use entity::readiness as row;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};

/// Writes the row of a process, and removes the rows of processes that have not checked since `forgotten`.
pub async fn write(
    tx: &DatabaseTransaction,
    process: &str,
    token: &str,
    now: DateTime<Utc>,
    forgotten: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::Column::CheckedAt.lt(forgotten)).exec(tx).await?;
    let conflict = OnConflict::column(row::Column::Process)
        .update_columns([row::Column::Token, row::Column::CheckedAt])
        .to_owned();
    let row = row::ActiveModel {
        process: Set(process.to_owned()),
        token: Set(token.to_owned()),
        checked_at: Set(now),
    };
    row::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the token that a process wrote last; `None` if it has written none.
pub async fn token(db: &impl ConnectionTrait, process: &str) -> Result<Option<String>, DbErr> {
    let found = row::Entity::find_by_id(process.to_owned()).one(db).await?;
    Ok(found.map(|it| it.token))
}
