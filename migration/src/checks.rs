//! Replaces the checks of columns, alike on both databases.
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Replaces the check of a column. SQLite has no statement for it: the text of the schema is changed, which is safe for a
/// check, because no stored row changes (<https://www.sqlite.org/lang_altertable.html>).
pub async fn replace_check(
    manager: &SchemaManager<'_>,
    (table, column): (&str, &str),
    before: &str,
    after: &str,
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        let name = format!("{table}_{column}_check");
        db.execute_unprepared(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({after})");
        db.execute_unprepared(&add).await?;
        return Ok(());
    }
    replace_in_schema(manager, table, before, after).await
}

/// Replaces a part of the definition of a table in SQLite, which changes no stored row: a check or a foreign key
/// (<https://www.sqlite.org/lang_altertable.html>).
pub async fn replace_in_schema(
    manager: &SchemaManager<'_>,
    table: &str,
    before: &str,
    after: &str,
) -> Result<(), DbErr> {
    let quoted = |it: &str| it.replace('\'', "''");
    let change = format!(
        "UPDATE sqlite_schema SET sql = replace(sql, '{}', '{}') WHERE type = 'table' AND name = '{table}'",
        quoted(before),
        quoted(after)
    );
    for statement in ["PRAGMA writable_schema = ON", &change, "PRAGMA writable_schema = RESET"] {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
