//! The consultation stores since when its company has to be called, because it has no mail address.
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
        let since = timestamp_with_time_zone_null("to_call_since");
        manager.alter_table(Table::alter().table("consultation").add_column(since).take()).await?;
        manager.get_connection().execute_unprepared(INDEX).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_consultation_sort_at_id_to_call").to_owned()).await?;
        manager.alter_table(Table::alter().table("consultation").drop_column("to_call_since").take()).await
    }
}

/// The worklist reads along this index; it holds only the few consultations that are to be called.
const INDEX: &str = "CREATE INDEX ix_consultation_sort_at_id_to_call ON consultation (sort_at, id) \
    WHERE to_call_since IS NOT NULL";
