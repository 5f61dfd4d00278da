//! Renames tables and columns to the names that the code and the pages use. No value, rule or row changes.
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables, from the old name to the new one.
const TABLES: &[(&str, &str)] = &[
    ("former_seat", "cancelled_invitation"),
    ("unwanted_mail", "notification_opt_out"),
    ("worker_beat", "worker_heartbeat"),
    ("mail_pace", "mail_rate"),
    ("calendar_source", "external_calendar"),
    ("calendar_busy", "external_busy"),
    ("calendar_entry", "external_entry"),
];

/// Columns: the table, the old name and the new name.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("outbox", "must_hold", "send_condition"),
    ("outbox", "apart", "hold_reason"),
    ("outbox", "unknowns", "unknown_outcomes"),
    ("consultation", "sessions_done", "appointments_done"),
    ("follow_up", "session_ended_at", "appointment_ended_at"),
    ("waiting", "wishes", "preferred_times"),
];

/// Indexes that are named after a table: the old table, the new table, the rest of the index name, and the
/// indexed columns. SQLite cannot rename an index, so the index is made anew there.
const INDEXES: &[(&str, &str, &str, &str)] = &[
    ("former_seat", "cancelled_invitation", "expert_id_left_at", "(expert_id, left_at)"),
    ("calendar_source", "external_calendar", "expert_id", "(expert_id)"),
    ("calendar_source", "external_calendar", "due_at", "(due_at)"),
    ("calendar_busy", "external_busy", "end_quarter", "(end_quarter)"),
    ("calendar_entry", "external_entry", "appointment_id", "(appointment_id)"),
    ("calendar_entry", "external_entry", "changed", "(appointment_id) WHERE state IN ('moved', 'deleted')"),
];

/// The unique index among those named after a table.
const UNIQUE: (&str, &str, &str, &str) =
    ("calendar_entry", "external_entry", "source_id_appointment_id", "(source_id, appointment_id)");

/// Foreign keys, which only PostgreSQL can rename: the old table, the new table and the column.
const FOREIGN_KEYS: &[(&str, &str, &str)] = &[
    ("former_seat", "cancelled_invitation", "appointment_id"),
    ("former_seat", "cancelled_invitation", "expert_id"),
    ("unwanted_mail", "notification_opt_out", "account_id"),
    ("calendar_source", "external_calendar", "expert_id"),
    ("calendar_busy", "external_busy", "source_id"),
    ("calendar_entry", "external_entry", "source_id"),
    ("calendar_entry", "external_entry", "appointment_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (old, new) in TABLES {
            rename_table(manager, old, new).await?;
        }
        for (table, old, new) in COLUMNS {
            rename_column(manager, table, old, new).await?;
        }
        for (old, new, what, columns) in INDEXES {
            rename_index(manager, "INDEX", ("ix", old, new, what), (new, columns)).await?;
        }
        let (old, new, what, columns) = UNIQUE;
        rename_index(manager, "UNIQUE INDEX", ("uq", old, new, what), (new, columns)).await?;
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, old, new, column).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, new, old, column).await?;
        }
        let (old, new, what, columns) = UNIQUE;
        rename_index(manager, "UNIQUE INDEX", ("uq", new, old, what), (new, columns)).await?;
        for (old, new, what, columns) in INDEXES {
            rename_index(manager, "INDEX", ("ix", new, old, what), (new, columns)).await?;
        }
        for (table, old, new) in COLUMNS {
            rename_column(manager, table, new, old).await?;
        }
        for (old, new) in TABLES {
            rename_table(manager, new, old).await?;
        }
        Ok(())
    }
}

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == sea_orm::DbBackend::Sqlite
}

/// Renames a table. PostgreSQL names the constraints of a table after it, so they are renamed too.
async fn rename_table(manager: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
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
async fn rename_column(manager: &SchemaManager<'_>, table: &str, from: &str, to: &str) -> Result<(), DbErr> {
    let sql = format!(r#"ALTER TABLE "{table}" RENAME COLUMN "{from}" TO "{to}""#);
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

async fn rename_index(
    manager: &SchemaManager<'_>,
    kind: &str,
    (prefix, from, to, what): (&str, &str, &str, &str),
    (table, columns): (&str, &str),
) -> Result<(), DbErr> {
    let (from, to) = (format!("{prefix}_{from}_{what}"), format!("{prefix}_{to}_{what}"));
    let sql = if is_sqlite(manager) {
        format!(r#"DROP INDEX "{from}"; CREATE {kind} "{to}" ON "{table}" {columns}"#)
    } else {
        format!(r#"ALTER INDEX "{from}" RENAME TO "{to}""#)
    };
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

async fn rename_foreign_key(
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
