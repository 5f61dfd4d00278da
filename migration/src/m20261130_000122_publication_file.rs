//! One table for the files of publications that visitors download, logos of telework months and materials of events alike,
//! with the result of the scanner.
use sea_orm_migration::{prelude::*, schema::*};

use crate::{
    indexes::index,
    renames::{rename_foreign_key, rename_table},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const BEFORE: &str = "campaign_logo";
const AFTER: &str = "publication_file";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename_table(manager, BEFORE, AFTER).await?;
        rename_foreign_key(manager, AFTER, BEFORE, AFTER, "publication_id").await?;
        // Files from before were handed out without a scan.
        for column in [
            text("state").default("unscanned").take(),
            text("note").default("").take(),
            timestamp_with_time_zone_null("scan_at"),
        ] {
            manager.alter_table(Table::alter().table(AFTER).add_column(column).take()).await?;
        }
        manager.create_index(index(AFTER, &["publication_id"])).await?;
        manager.create_index(index(AFTER, &["state", "scan_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["publication_id", "state_scan_at"] {
            db.execute_unprepared(&format!("DROP INDEX ix_{AFTER}_{index}")).await?;
        }
        for column in ["state", "note", "scan_at"] {
            manager.alter_table(Table::alter().table(AFTER).drop_column(column).take()).await?;
        }
        rename_foreign_key(manager, AFTER, AFTER, BEFORE, "publication_id").await?;
        rename_table(manager, AFTER, BEFORE).await
    }
}
