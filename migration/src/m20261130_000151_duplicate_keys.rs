//! The keys by which possible duplicates are found: reading, address and person as they are compared, instead of as they
//! were typed. The program fills them, because the way of folding is its own (`store::intake::duplicate_key`).
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The keys: tables with their columns.
const KEYS: [(&str, &str); 3] =
    [("application", "reading_key"), ("application", "address_key"), ("contact", "person_key")];

/// The indexes of the texts as they were typed, which nothing looks for any more.
const TYPED: [(&str, &[&str]); 3] =
    [("application", &["company_kana"]), ("application", &["city", "street"]), ("contact", &["name"])];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in TYPED {
            let name = format!("ix_{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        for (table, column) in KEYS {
            manager.alter_table(Table::alter().table(table).add_column(text_null(column)).take()).await?;
            manager.create_index(index(table, &[column])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in KEYS {
            manager.drop_index(Index::drop().name(format!("ix_{table}_{column}")).to_owned()).await?;
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        for (table, columns) in TYPED {
            manager.create_index(index(table, columns)).await?;
        }
        Ok(())
    }
}
