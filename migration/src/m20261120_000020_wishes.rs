//! The consultation stores since when a company's wish for further help waits for an answer, so that the
//! worklist counts along one small index and not over every answer that asked for help.
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
        let since = timestamp_with_time_zone_null("wants_help_since").check(Expr::cust(CHECK)).take();
        manager.alter_table(Table::alter().table("consultation").add_column(since).take()).await?;
        manager.get_connection().execute_unprepared(MARK).await?;
        manager.get_connection().execute_unprepared(INDEX).await?;
        // No query reads along this index any more.
        let unread = Index::drop().name("ix_follow_up_wants_help_consultation_id").to_owned();
        manager.drop_index(unread).await
    }
}

/// The check that no wish waits in a consultation under way, because the company is already being helped.
const CHECK: &str = "wants_help_since IS NULL \
    OR state IN ('follow_up', 'completed', 'withdrawn', 'unfulfilled', 'referred')";

/// Marks the consultations with a wish for help that still waits. A wish from before the consultation's end
/// was dealt with by then, and a wish after an earlier appointment was dealt with by the next appointment.
const MARK: &str = "
UPDATE consultation SET wants_help_since = (
    SELECT MAX(f.answered_at) FROM follow_up f
    WHERE f.consultation_id = consultation.id AND f.state = 'answered' AND f.wants_help
        AND f.round = consultation.sessions_done
        AND (consultation.state = 'follow_up' OR f.answered_at > consultation.ended_at)
) WHERE state IN ('follow_up', 'completed', 'withdrawn', 'unfulfilled', 'referred')
    AND id IN (SELECT consultation_id FROM follow_up WHERE wants_help)";

const INDEX: &str = "CREATE INDEX ix_consultation_sort_at_id_wants_help ON consultation (sort_at, id) \
    WHERE wants_help_since IS NOT NULL";
