//! The indicators that an administrator defines.
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
        let mut by = ForeignKey::create()
            .name("fk_indicator_created_by")
            .from("indicator", "created_by")
            .to("account", "id")
            .to_owned();
        let table = Table::create()
            .table("indicator")
            .col(uuid("id").primary_key())
            .col(text("label"))
            .col(text("definition"))
            .col(text("figure_table"))
            .col(json("numerator"))
            .col(json("denominator"))
            .col(small_integer_null("target"))
            .col(text("from_month"))
            .col(text_null("until_month"))
            .col(uuid("created_by"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut by)
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("indicator").take()).await
    }
}
