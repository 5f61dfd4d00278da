//! Renames tables, columns and everything that is named after them, alike on both databases.
use sea_orm_migration::prelude::*;

/// An index that is named after its table.
pub struct NamedIndex {
    /// `INDEX` or `UNIQUE INDEX`.
    pub kind: &'static str,
    /// The beginning of the name: `ix`, `uq` or `uq_` with the first word of the condition.
    pub prefix: &'static str,
    /// The end of the name, after the table.
    pub end: &'static str,
    /// The indexed columns, with the condition.
    pub columns: &'static str,
}

/// Renames a table. PostgreSQL names the constraints of a table after it, so they are renamed too.
pub async fn rename_table(manager: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared(&format!(r#"ALTER TABLE "{from}" RENAME TO "{to}""#)).await?;
    if !is_sqlite(manager) {
        let constraints = format!(
            "DO $$ DECLARE name TEXT; BEGIN \
               FOR name IN SELECT conname FROM pg_constraint \
                   WHERE conrelid = '{to}'::regclass AND starts_with(conname, '{from}_') LOOP \
                 EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', \
                   '{to}', name, '{to}' || substr(name, length('{from}') + 1)); \
               END LOOP; END $$"
        );
        db.execute_unprepared(&constraints).await?;
    }
    Ok(())
}

/// Renames a column. CHECK constraints and indexes that name the column follow it on both databases.
pub async fn rename_column(
    manager: &SchemaManager<'_>,
    table: &str,
    from: &str,
    to: &str,
) -> Result<(), DbErr> {
    let sql = format!(r#"ALTER TABLE "{table}" RENAME COLUMN "{from}" TO "{to}""#);
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Renames an index after its table has been renamed. SQLite cannot rename an index, so it is made anew there.
pub async fn rename_index(
    manager: &SchemaManager<'_>,
    index: &NamedIndex,
    from: &str,
    to: &str,
    table: &str,
) -> Result<(), DbErr> {
    let NamedIndex { kind, prefix, end, columns } = index;
    let (from, to) = (format!("{prefix}_{from}_{end}"), format!("{prefix}_{to}_{end}"));
    let sql = if is_sqlite(manager) {
        format!(r#"DROP INDEX "{from}"; CREATE {kind} "{to}" ON "{table}" {columns}"#)
    } else {
        format!(r#"ALTER INDEX "{from}" RENAME TO "{to}""#)
    };
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Renames the foreign key of a column of `table`. Only PostgreSQL can do that; SQLite never shows the name.
pub async fn rename_foreign_key(
    manager: &SchemaManager<'_>,
    table: &str,
    from: &str,
    to: &str,
    column: &str,
) -> Result<(), DbErr> {
    if is_sqlite(manager) {
        return Ok(());
    }
    let sql =
        format!(r#"ALTER TABLE "{table}" RENAME CONSTRAINT "fk_{from}_{column}" TO "fk_{to}_{column}""#);
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == sea_orm::DbBackend::Sqlite
}
