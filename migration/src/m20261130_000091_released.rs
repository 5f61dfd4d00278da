//! An assignment keeps the reason for which its expert was let go.
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = "ALTER TABLE assignment ADD COLUMN release_reason TEXT";
        manager.get_connection().execute_unprepared(added).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dropped = "ALTER TABLE assignment DROP COLUMN release_reason";
        manager.get_connection().execute_unprepared(dropped).await?;
        Ok(())
    }
}
