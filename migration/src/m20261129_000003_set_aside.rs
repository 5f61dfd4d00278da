//! Rows that a background job could not handle, so that they are tried again later and keep no other row waiting.
use sea_orm_migration::{
    prelude::*,
    schema::{integer, text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("set_aside")
            .col(text("job"))
            .col(uuid("row_id"))
            .col(text("failure"))
            .col(integer("failures"))
            .col(timestamp_with_time_zone("first_at"))
            .col(timestamp_with_time_zone("last_at"))
            .col(timestamp_with_time_zone("next_try_at"))
            .primary_key(Index::create().col("job").col("row_id"))
            .check(Expr::cust("failures > 0"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("set_aside").take()).await
    }
}
