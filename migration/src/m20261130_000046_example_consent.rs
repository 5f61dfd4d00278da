//! The consents of companies that their consultations become examples.
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
        manager.create_table(example_consent()).await?;
        manager.create_index(index("example_consent", &["due_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("example_consent").take()).await
    }
}

/// Defines the table `example_consent`: the consent of the company of one consultation. A consent that is in force has
/// an example, and no other has.
fn example_consent() -> TableCreateStatement {
    Table::create()
        .table("example_consent")
        .col(pk_uuid("consultation_id"))
        .col(text("status"))
        .col(boolean("is_named"))
        .col(timestamp_with_time_zone_null("given_at"))
        .col(text_null("wording"))
        .col(uuid_uniq_null())
        .col(integer_null("shown_revision"))
        .col(integer_null("approved_revision"))
        .col(text_null("wish"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut to("consultation_id", "consultation"))
        .foreign_key(&mut to("publication_id", "publication"))
        .check(Expr::cust(
            "(publication_id IS NOT NULL) = (status IN ('writing', 'review', 'changes_wanted', 'approved'))",
        ))
        .check(Expr::cust("(shown_revision IS NOT NULL) = (status = 'review')"))
        .check(Expr::cust("(wish IS NOT NULL) = (status = 'changes_wanted')"))
        .check(Expr::cust("(given_at IS NOT NULL) = (wording IS NOT NULL)"))
        .check(Expr::cust("approved_revision IS NULL OR publication_id IS NOT NULL"))
        .take()
}

fn to(column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_example_consent_{column}"))
        .from("example_consent", column)
        .to(other, "id")
        .take()
}

/// One example comes of one consultation.
fn uuid_uniq_null() -> ColumnDef {
    uuid_null("publication_id").unique_key().take()
}
