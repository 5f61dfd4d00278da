//! What a page must know of a received mail without reading it, and of which files there are rows.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all: SQLite has no other way to be asked for it.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let has_html = boolean("has_html").default(false).take();
        manager.alter_table(Table::alter().table("inbound_mail").add_column(has_html).take()).await?;
        manager.create_index(index("attachment", &["sha256"])).await
    }
}
