//! Applications for a time of a consultation day.
use sea_orm_migration::{prelude::*, schema::*};

use crate::checks::replace_check;

#[derive(DeriveMigrationName)]
pub struct Migration;

const ORIGINS: &str = "origin IN ('web', 'desk', 'phone', 'mail', 'visit')";
const MORE_ORIGINS: &str = "origin IN ('web', 'desk', 'phone', 'mail', 'visit', 'event')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let event = uuid_null("gathering_id").take();
        manager.alter_table(Table::alter().table("draft").add_column(event).take()).await?;
        replace_check(manager, ("consultation", "origin"), ORIGINS, MORE_ORIGINS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let earlier = "UPDATE consultation SET origin = 'web' WHERE origin = 'event'";
        manager.get_connection().execute_unprepared(earlier).await?;
        replace_check(manager, ("consultation", "origin"), MORE_ORIGINS, ORIGINS).await?;
        manager.alter_table(Table::alter().table("draft").drop_column("gathering_id").take()).await
    }
}
