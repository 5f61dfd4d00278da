//! Renames tables and columns to the names that the code and the pages use. No value, rule or row changes.
use sea_orm_migration::prelude::*;

use crate::renames::{NamedIndex, rename_column, rename_foreign_key, rename_index, rename_table};

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

/// Indexes that are named after a table: the old table, the new table and the index.
const INDEXES: &[(&str, &str, NamedIndex)] = &[
    ("former_seat", "cancelled_invitation", plain("expert_id_left_at", "(expert_id, left_at)")),
    ("calendar_source", "external_calendar", plain("expert_id", "(expert_id)")),
    ("calendar_source", "external_calendar", plain("due_at", "(due_at)")),
    ("calendar_busy", "external_busy", plain("end_quarter", "(end_quarter)")),
    ("calendar_entry", "external_entry", plain("appointment_id", "(appointment_id)")),
    (
        "calendar_entry",
        "external_entry",
        plain("changed", "(appointment_id) WHERE state IN ('moved', 'deleted')"),
    ),
    (
        "calendar_entry",
        "external_entry",
        NamedIndex {
            kind: "UNIQUE INDEX",
            prefix: "uq",
            end: "source_id_appointment_id",
            columns: "(source_id, appointment_id)",
        },
    ),
];

const fn plain(end: &'static str, columns: &'static str) -> NamedIndex {
    NamedIndex { kind: "INDEX", prefix: "ix", end, columns }
}

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
        for (old, new, index) in INDEXES {
            rename_index(manager, index, old, new, new).await?;
        }
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, old, new, column).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, new, old, column).await?;
        }
        for (old, new, index) in INDEXES {
            rename_index(manager, index, new, old, new).await?;
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
