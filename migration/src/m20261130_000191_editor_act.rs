//! The record of what editors have done.
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
        let mut by = ForeignKey::create()
            .name("fk_editor_act_account_id")
            .from("editor_act", "account_id")
            .to("account", "id")
            .to_owned();
        let table = Table::create()
            .table("editor_act")
            .col(uuid("id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(uuid("account_id"))
            .col(text("act"))
            .col(text("kind"))
            .col(integer_null("number"))
            .col(integer_null("quantity"))
            .foreign_key(&mut by)
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("editor_act", &["at", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("editor_act").take()).await
    }
}
