//! What the public is told about a desk, and the files of desks that an administrator imports.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns of `desk` that may be unknown.
const DETAILS: [&str; 6] = ["postal_code", "address", "phone", "hours", "subjects", "website"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in DETAILS {
            manager.alter_table(Table::alter().table("desk").add_column(text_null(name)).take()).await?;
        }
        manager.create_index(index("desk", &["prefecture"])).await?;
        manager.create_table(desk_import()).await?;
        manager.create_index(index("desk_import", &["created_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("desk_import").take()).await?;
        manager.get_connection().execute_unprepared("DROP INDEX ix_desk_prefecture").await?;
        for name in DETAILS {
            manager.alter_table(Table::alter().table("desk").drop_column(name).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `desk_import`: one file. Its text is empty once it was taken.
fn desk_import() -> TableCreateStatement {
    Table::create()
        .table("desk_import")
        .col(pk_uuid("id"))
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_desk_import_created_by")
                .from("desk_import", "created_by")
                .to("account", "id"),
        )
        .take()
}
