//! A report says whether its appointment took place, so that the worklist counts the reports to be approved by one index.
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const OLD: &str = "CREATE INDEX ix_report_state_consultation_id ON report (state, consultation_id)";
const NEW: &str = "CREATE INDEX ix_report_state_took_place_consultation_id \
    ON report (state, took_place, consultation_id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in [
            "ALTER TABLE report ADD COLUMN took_place BOOLEAN NOT NULL DEFAULT TRUE",
            "UPDATE report SET took_place = FALSE WHERE appointment_id IN \
                (SELECT id FROM appointment WHERE state <> 'done')",
            "DROP INDEX ix_report_state_consultation_id",
            NEW,
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in [
            "DROP INDEX ix_report_state_took_place_consultation_id",
            OLD,
            "ALTER TABLE report DROP COLUMN took_place",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
