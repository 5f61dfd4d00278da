//! Renames the tables and the column whose names were no terms of the glossary. No value, rule or row changes.
use sea_orm_migration::prelude::*;

use crate::renames::{NamedIndex, rename_column, rename_foreign_key, rename_index, rename_table};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables, from the old name to the new one.
const TABLES: &[(&str, &str)] = &[
    ("waiting", "waiting_list_entry"),
    ("counter", "case_number_counter"),
    ("dated_exception", "schedule_exception"),
];

/// Indexes that are named after a table: the old table, the new table and the index.
const INDEXES: &[(&str, &str, NamedIndex)] = &[
    (
        "waiting",
        "waiting_list_entry",
        NamedIndex { kind: "INDEX", prefix: "ix", end: "ended_at_since", columns: "(ended_at, since)" },
    ),
    (
        "waiting",
        "waiting_list_entry",
        NamedIndex {
            kind: "UNIQUE INDEX",
            prefix: "uq",
            end: "open",
            columns: "(consultation_id) WHERE ended_at IS NULL",
        },
    ),
    (
        "dated_exception",
        "schedule_exception",
        NamedIndex { kind: "INDEX", prefix: "ix", end: "expert_id_date", columns: "(expert_id, date)" },
    ),
];

/// Foreign keys: the old table, the new table and the column.
const FOREIGN_KEYS: &[(&str, &str, &str)] = &[
    ("waiting", "waiting_list_entry", "consultation_id"),
    ("dated_exception", "schedule_exception", "expert_id"),
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
        for (old, new, index) in INDEXES {
            rename_index(manager, index, old, new, new).await?;
        }
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, old, new, column).await?;
        }
        rename_column(manager, "outbox_log", "what", "event").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename_column(manager, "outbox_log", "event", "what").await?;
        for (old, new, column) in FOREIGN_KEYS {
            rename_foreign_key(manager, new, new, old, column).await?;
        }
        for (old, new, index) in INDEXES {
            rename_index(manager, index, new, old, new).await?;
        }
        for (old, new) in TABLES {
            rename_table(manager, new, old).await?;
        }
        Ok(())
    }
}
