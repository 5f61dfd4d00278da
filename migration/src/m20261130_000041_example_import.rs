//! Imports of examples from files: the text until it is taken or given up, and the publications that came of it, so that a
//! whole import can be undone.
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
        manager.create_table(example_import()).await?;
        manager.create_index(index("example_import", &["created_at"])).await?;
        manager.create_table(example_import_entry()).await?;
        manager.create_index(index("example_import_entry", &["import_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["example_import_entry", "example_import"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `example_import`: one file. Its text is empty once it was taken.
fn example_import() -> TableCreateStatement {
    Table::create()
        .table("example_import")
        .col(pk_uuid("id"))
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(&mut to("example_import", "created_by", "account"))
        .check(Expr::cust("undone_at IS NULL OR taken_at IS NOT NULL"))
        .take()
}

/// Defines the table `example_import_entry`: a publication that came of an import.
fn example_import_entry() -> TableCreateStatement {
    Table::create()
        .table("example_import_entry")
        .col(pk_uuid("publication_id"))
        .col(uuid("import_id"))
        .foreign_key(&mut to("example_import_entry", "publication_id", "publication"))
        .foreign_key(&mut to("example_import_entry", "import_id", "example_import"))
        .take()
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}
