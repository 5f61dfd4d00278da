//! The files of adoption figures come into the common table of imported files.
use sea_orm_migration::prelude::*;

use crate::{foreign_keys::repoint, indexes::index, m20261130_000101_adoption::adoption_import};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = "id, file_name, content, created_by, created_at, taken_at, undone_at";
const FIGURES: (&str, &str) = ("adoption_figure", "import_id");

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&format!(
            "INSERT INTO file_import (kind, {COLUMNS}) SELECT 'figures', {COLUMNS} FROM adoption_import"
        ))
        .await?;
        repoint(manager, FIGURES, "adoption_import", "file_import").await?;
        manager.drop_table(Table::drop().table("adoption_import").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        manager.create_table(adoption_import()).await?;
        manager.create_index(index("adoption_import", &["created_at"])).await?;
        db.execute_unprepared(&format!(
            "INSERT INTO adoption_import ({COLUMNS}) SELECT {COLUMNS} FROM file_import WHERE kind = 'figures'"
        ))
        .await?;
        repoint(manager, FIGURES, "file_import", "adoption_import").await?;
        db.execute_unprepared("DELETE FROM file_import WHERE kind = 'figures'").await?;
        Ok(())
    }
}
