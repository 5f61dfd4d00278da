//! The drafts of publications that editors have deleted: who deleted which when, without their texts.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("deleted_draft")
            .col(pk_uuid("publication_id"))
            .col(text("kind"))
            .col(integer("number"))
            .col(integer("revisions"))
            .col(uuid("deleted_by"))
            .col(timestamp_with_time_zone("deleted_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("fk_deleted_draft_deleted_by")
                    .from("deleted_draft", "deleted_by")
                    .to("account", "id"),
            )
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("deleted_draft", &["kind", "deleted_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("deleted_draft").take()).await
    }
}
