//! Figures about the adoption of telework that administrators import, so that a whole import can be undone.
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
        manager.create_table(adoption_import()).await?;
        manager.create_index(index("adoption_import", &["created_at"])).await?;
        manager.create_table(adoption_figure()).await?;
        manager.create_index(index("adoption_figure", &["import_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["adoption_figure", "adoption_import"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `adoption_import`: one file. Its text is empty once it was taken.
pub fn adoption_import() -> TableCreateStatement {
    Table::create()
        .table("adoption_import")
        .col(pk_uuid("id"))
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(&mut to("adoption_import", "created_by", "account"))
        .check(Expr::cust("undone_at IS NULL OR taken_at IS NOT NULL"))
        .take()
}

/// Defines the table `adoption_figure`: a rate or a number of companies with its source.
fn adoption_figure() -> TableCreateStatement {
    Table::create()
        .table("adoption_figure")
        .col(pk_uuid("id"))
        .col(uuid("import_id"))
        .col(text("survey"))
        .col(integer("year"))
        .col(text("stage"))
        .col(text_null("as_of"))
        .col(text("dimension"))
        .col(text("category"))
        .col(text("base"))
        .col(big_integer_null("companies"))
        .col(integer_null("rate"))
        .col(text("source_title"))
        .col(text("source_address"))
        .foreign_key(&mut to("adoption_figure", "import_id", "adoption_import"))
        .check(Expr::cust("rate IS NULL OR rate BETWEEN 0 AND 1000"))
        .check(Expr::cust("companies IS NULL OR companies >= 0"))
        .check(Expr::cust("rate IS NOT NULL OR companies IS NOT NULL"))
        .take()
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}
