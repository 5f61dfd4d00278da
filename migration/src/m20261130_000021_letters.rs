//! An entry of the thread that the center and the desk alone read, and requests that came by mail or by a visit.
use sea_orm_migration::{prelude::*, schema::*};

use crate::checks::replace_check;

#[derive(DeriveMigrationName)]
pub struct Migration;

const ORIGINS: &str = "origin IN ('web', 'desk', 'phone')";
const MORE_ORIGINS: &str = "origin IN ('web', 'desk', 'phone', 'mail', 'visit')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let with_desk = boolean("with_desk").default(false).take();
        manager.alter_table(Table::alter().table("message").add_column(with_desk).take()).await?;
        check_origins(manager, ORIGINS, MORE_ORIGINS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let earlier = "UPDATE consultation SET origin = 'phone' WHERE origin IN ('mail', 'visit')";
        manager.get_connection().execute_unprepared(earlier).await?;
        check_origins(manager, MORE_ORIGINS, ORIGINS).await?;
        manager.alter_table(Table::alter().table("message").drop_column("with_desk").take()).await
    }
}

/// Replaces the check of the column `origin`.
async fn check_origins(manager: &SchemaManager<'_>, before: &str, after: &str) -> Result<(), DbErr> {
    replace_check(manager, ("consultation", "origin"), before, after).await
}
