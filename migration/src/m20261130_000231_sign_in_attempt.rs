//! The failed sign-ins of a network, which all servers count together.
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
            .table("sign_in_attempt")
            .col(text("network").primary_key())
            .col(timestamp_with_time_zone("since"))
            .col(integer("count"))
            .check(Expr::cust("count >= 0"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("sign_in_attempt", &["since"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sign_in_attempt").take()).await
    }
}
