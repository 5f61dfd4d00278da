//! The published results of surveys.
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
        let key = |column: &str, table: &str, of: &str| {
            ForeignKey::create()
                .name(format!("fk_survey_result_{column}"))
                .from("survey_result", column.to_owned())
                .to(table.to_owned(), of.to_owned())
                .to_owned()
        };
        let table = Table::create()
            .table("survey_result")
            .col(uuid("publication_id").primary_key())
            .col(timestamp_with_time_zone("published_at"))
            .col(uuid("published_by"))
            .col(json("content"))
            .foreign_key(&mut key("publication_id", "survey", "publication_id"))
            .foreign_key(&mut key("published_by", "account", "id"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("survey_result").take()).await
    }
}
