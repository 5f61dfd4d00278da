//! An event remembers when its editors were asked for the missing meeting link.
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
        let link_asked_at = timestamp_with_time_zone_null("link_asked_at");
        manager.alter_table(Table::alter().table("gathering").add_column(link_asked_at).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("gathering").drop_column("link_asked_at").take()).await
    }
}
