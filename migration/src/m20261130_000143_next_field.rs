//! A further appointment for one of the two fields of a consultation.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let next_field = text_null("next_field").check(Expr::cust("next_field IN ('ict', 'labor')")).take();
        manager.alter_table(Table::alter().table("consultation").add_column(next_field).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("consultation").drop_column("next_field").take()).await
    }
}
