//! Points foreign keys to other tables, alike on both databases.
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::checks::replace_in_schema;

/// Makes the foreign key of a column refer to the key `id` of another table, which has every value of the column.
pub async fn repoint(
    manager: &SchemaManager<'_>,
    (table, column): (&str, &str),
    before: &str,
    after: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let name = format!("fk_{table}_{column}");
        let db = manager.get_connection();
        db.execute_unprepared(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
        let add = format!(
            "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {after} (id)"
        );
        db.execute_unprepared(&add).await?;
        return Ok(());
    }
    let key = |it: &str| format!("FOREIGN KEY (\"{column}\") REFERENCES \"{it}\" (\"id\")");
    replace_in_schema(manager, table, &key(before), &key(after)).await
}
