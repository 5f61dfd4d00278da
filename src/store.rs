//! Queries on the database. Each function takes the connection or transaction it runs in and returns domain
//! values. A function that writes takes a transaction, so that a write outside of a transaction does not
//! compile.
pub mod accounts;
pub mod aftercare;
pub mod audit;
pub mod booking;
pub mod calendars;
pub mod campaign;
pub mod consultation;
pub mod correspondence;
pub mod file_import;
pub mod gathering;
pub mod heartbeat;
pub mod intake;
mod merge;
pub mod network;
pub mod publication;
pub mod readiness;
pub mod reference;
pub mod retention;
pub mod routing;
pub mod scan_queue;
pub mod set_aside;
pub mod statistics;
pub mod stored_files;
pub mod survey;
pub mod table_sizes;
pub mod worklist;
pub mod write_batch;

use chrono::{DateTime, Utc};
use codes::Code;
pub use entity::Coded;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityName, EntityTrait,
    ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, TryGetable,
    sea_query::{Expr, IntoColumnRef, LikeExpr},
};
use uuid::Uuid;

/// Returns the number of rows written by an insertion that leaves existing rows alone. SeaORM returns an
/// error if no row was written; this function returns 0 instead.
pub(crate) fn rows_inserted(written: Result<u64, DbErr>) -> Result<u64, DbErr> {
    match written {
        Err(DbErr::RecordNotInserted) => Ok(0),
        Ok(_) | Err(_) => written,
    }
}

/// The number of rows that one statement inserts. Databases limit the number of values of a statement.
const INSERTED_AT_ONCE: usize = 500;

/// Inserts rows, many in one statement.
async fn insert_all<A: ActiveModelTrait>(
    tx: &DatabaseTransaction,
    rows: impl IntoIterator<Item = A>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = rows.into_iter().collect();
    for part in rows.chunks(INSERTED_AT_ONCE) {
        A::Entity::insert_many(part.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Returns the keys of up to `limit` of these rows that are due at `now`, the longest due first, without those of
/// `except`. `key` and `due_at` are columns of the rows.
async fn due_keys<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    (key, due_at): (E::Column, E::Column),
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    rows.select_only()
        .column(key)
        .filter(due_at.lte(now))
        .filter(key.is_not_in(except.iter().copied()))
        .order_by_asc(due_at)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Returns the number of these rows, and the smallest value of a column among them; `None` if there is no row. One query.
async fn count_and_first<E: EntityTrait, T: TryGetable>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    column: E::Column,
) -> Result<(u64, Option<T>), DbErr> {
    let rows = rows.select_only().column_as(column.count(), "rows").column_as(column.min(), "first");
    let found: Option<(i64, Option<T>)> = rows.into_tuple().one(db).await?;
    let (count, first) = found.unwrap_or_default();
    Ok((u64::try_from(count).unwrap_or_default(), first))
}

/// Returns the pattern for `LIKE` of the texts that contain `text`, whatever signs it has.
fn containing(text: &str) -> LikeExpr {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

/// Returns the condition that one of `rows` exists, which name a row of the statement around it (`same`). They are looked up by
/// that row: of a subquery after `IN`, SQLite makes the whole list first, however long it is.
fn exists<E: EntityTrait>(rows: Select<E>) -> Expr {
    Expr::exists(rows.select_only().expr(Expr::val(1)).into_query())
}

/// Returns the condition that two columns are the same.
fn same(one: impl IntoColumnRef, other: impl IntoColumnRef) -> Expr {
    Expr::col(one).eq(Expr::col(other))
}

/// Returns the error for a row that contradicts itself or the rules. The error names the table and the row;
/// no value is ever guessed.
fn contradiction(table: impl EntityName, id: impl std::fmt::Display, why: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("{} {id}: {why}", table.table_name()))
}

/// Returns the value of a column that keeps codes, or an error that names table, row and column if the stored
/// text is no code.
fn known<T: Code>(
    value: &Coded<T>,
    column: impl ColumnTrait,
    id: impl std::fmt::Display,
) -> Result<T, DbErr> {
    value.known().ok_or_else(|| {
        let (table, name) = (column.entity_name(), column.as_str());
        DbErr::Type(format!("{table} {id}: {name} holds “{}”, which is no code", value.code()))
    })
}

#[cfg(test)]
mod tests {
    use codes::AppointmentStatus;
    use entity::{Coded, appointment::Column};

    use super::known;

    #[test]
    fn an_unknown_code_is_told_with_table_row_and_column() {
        let read = |text: &str| Coded::<AppointmentStatus>::read(text.to_owned());
        assert_eq!(known(&read("no_show"), Column::State, 7).unwrap(), AppointmentStatus::NoShow);
        let err = known(&read("gone"), Column::State, 7).unwrap_err().to_string();
        assert!(err.contains("appointment 7: state holds “gone”"), "{err}");
    }
}
