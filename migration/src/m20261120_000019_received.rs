//! Whether a received mail has HTML, so that a page need not read the mail, and an index to find the rows of
//! a file.
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
        let has_html = boolean("has_html").default(false).take();
        manager.alter_table(Table::alter().table("inbound_mail").add_column(has_html).take()).await?;
        manager.create_index(index("attachment", &["sha256"])).await
    }
}
