//! The earlier contents of reports that were corrected after their companies had got them.
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
        let key = |column: &str, table: &str| {
            ForeignKey::create()
                .name(format!("fk_report_revision_{column}"))
                .from("report_revision", column.to_owned())
                .to(table.to_owned(), "id")
                .to_owned()
        };
        let table = Table::create()
            .table("report_revision")
            .col(uuid("report_id"))
            .col(integer("version"))
            .col(json("body"))
            .col(timestamp_with_time_zone("replaced_at"))
            .col(uuid("replaced_by"))
            .col(text("reason"))
            .primary_key(Index::create().col("report_id").col("version"))
            .foreign_key(&mut key("report_id", "report"))
            .foreign_key(&mut key("replaced_by", "account"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("report_revision").take()).await
    }
}
