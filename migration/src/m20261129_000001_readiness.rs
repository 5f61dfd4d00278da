//! A row that each serving process writes and reads back to check that the database can do both.
use sea_orm_migration::{
    prelude::*,
    schema::{string, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Readiness {
    Table,
    Process,
    Token,
    CheckedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Readiness::Table)
            .col(string(Readiness::Process).primary_key())
            .col(string(Readiness::Token))
            .col(timestamp_with_time_zone(Readiness::CheckedAt))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Readiness::Table).take()).await
    }
}
