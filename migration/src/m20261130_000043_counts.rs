//! The counts of the worklist read their indexes alone, without a look at the rows.
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The index to be replaced, the index in its place, and the latter's columns.
const REPLACED: &[(&str, &str, &str)] = &[
    (
        "ix_consultation_turn_sort_at_id",
        "ix_consultation_turn_sort_at_id_snoozed_until",
        "consultation (turn, sort_at, id, snoozed_until)",
    ),
    ("ix_report_state", "ix_report_state_consultation_id", "report (state, consultation_id)"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (old, new, columns) in REPLACED {
            db.execute_unprepared(&format!("DROP INDEX {old}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {new} ON {columns}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (old, new, columns) in REPLACED {
            // The old index ends before the last column, which is the added one.
            let columns =
                columns.rsplit_once(',').map_or((*columns).to_owned(), |(kept, _)| format!("{kept})"));
            db.execute_unprepared(&format!("DROP INDEX {new}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {old} ON {columns}")).await?;
        }
        Ok(())
    }
}
