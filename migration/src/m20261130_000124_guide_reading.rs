//! How often the pages of the guide were opened, by day.
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
        let table = Table::create()
            .table("guide_reading")
            .col(uuid("publication_id"))
            .col(date("day"))
            .col(big_integer("count"))
            .primary_key(Index::create().col("publication_id").col("day"))
            .foreign_key(
                ForeignKey::create()
                    .name("fk_guide_reading_publication_id")
                    .from("guide_reading", "publication_id")
                    .to("publication", "id"),
            )
            .check(Expr::cust("count > 0"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("guide_reading").take()).await
    }
}
