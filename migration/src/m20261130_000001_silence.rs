//! The clock of a case in which nothing happens: for what it waits, since when, and when the next step follows. The
//! statement that finds due steps reads a small index and not every case.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind = text_null("silence_kind")
            .check(Expr::cust(
                "silence_kind IN ('address', 'answer', 'choice', 'experts', 'outcome', 'report')",
            ))
            .take();
        for column in [
            kind,
            timestamp_with_time_zone_null("silence_since").take(),
            small_integer("silence_stage").default(0).take(),
            timestamp_with_time_zone_null("next_step_at").take(),
            timestamp_with_time_zone_null("stalled_since").take(),
        ] {
            manager.alter_table(Table::alter().table("consultation").add_column(column).take()).await?;
        }
        for statement in [START, DUE, STALLED] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["ix_consultation_next_step_at", "ix_consultation_sort_at_id_stalled"] {
            manager.drop_index(Index::drop().name(index).table("consultation").to_owned()).await?;
        }
        for column in ["stalled_since", "next_step_at", "silence_stage", "silence_since", "silence_kind"] {
            manager.alter_table(Table::alter().table("consultation").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Starts the clock of every case that is under way. Its first step only begins the counting.
const START: &str = "UPDATE consultation SET next_step_at = state_since \
    WHERE state IN ('received', 'checking', 'waiting_company', 'matching', 'scheduling', 'booked', 'consulted')";

const DUE: &str = "CREATE INDEX ix_consultation_next_step_at ON consultation (next_step_at) \
    WHERE next_step_at IS NOT NULL";

const STALLED: &str = "CREATE INDEX ix_consultation_sort_at_id_stalled ON consultation (sort_at, id) \
    WHERE stalled_since IS NOT NULL";
