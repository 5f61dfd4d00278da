//! The address of a contact that was proved before a corrected one, and the indexes of the worklist of one coordinator.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TEXTS: [&str; 2] = ["proven_email", "proven_email_key"];
const INDEXES: [(&str, &[&str]); 3] = [
    ("contact", &["proven_email_key"]),
    ("consultation", &["turn", "coordinator_id", "sort_at", "id"]),
    ("consultation", &["coordinator_id", "received_at", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TEXTS {
            let column = text_null(name);
            manager.alter_table(Table::alter().table("contact").add_column(column).take()).await?;
        }
        let at = timestamp_with_time_zone_null("proven_at");
        manager.alter_table(Table::alter().table("contact").add_column(at).take()).await?;
        for (table, columns) in INDEXES {
            manager.create_index(index(table, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            let name = format!("ix_{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for name in ["proven_at", "proven_email_key", "proven_email"] {
            manager.alter_table(Table::alter().table("contact").drop_column(name).take()).await?;
        }
        Ok(())
    }
}
