//! An expert's part in an appointment stores when the report on it was handed over, because the account was closed. A
//! closing day stores when it was added, so that it moves no limit that a company was told before.
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
        let since = timestamp_with_time_zone_null("report_handed_over_at");
        manager.alter_table(Table::alter().table("appointment_expert").add_column(since).take()).await?;
        let added = timestamp_with_time_zone_null("added_at");
        manager.alter_table(Table::alter().table("closing_day").add_column(added).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dropped = Table::alter().table("closing_day").drop_column("added_at").take();
        manager.alter_table(dropped).await?;
        let dropped = Table::alter().table("appointment_expert").drop_column("report_handed_over_at").take();
        manager.alter_table(dropped).await
    }
}
