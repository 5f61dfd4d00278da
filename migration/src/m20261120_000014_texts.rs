//! The mail texts that an administrator writes for a fiscal year.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mail_text()).await
    }
}

/// Defines the table `mail_text`: every version of a mail's text in a fiscal year. The highest is in force. A
/// version without words is the text that the product ships with.
fn mail_text() -> TableCreateStatement {
    Table::create()
        .table("mail_text")
        .col(integer("fiscal_year"))
        .col(text("kind"))
        .col(integer("version"))
        .col(text_null("title"))
        .col(text_null("body"))
        .col(timestamp_with_time_zone("saved_at"))
        .col(uuid_null("saved_by"))
        .primary_key(Index::create().col("fiscal_year").col("kind").col("version"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_mail_text_saved_by")
                .from("mail_text", "saved_by")
                .to("account", "id"),
        )
        .check(Expr::cust("version > 0"))
        .check(Expr::cust("(title IS NULL) = (body IS NULL)"))
        .take()
}
