//! Sessions with their device, network and last use, and the devices that an account is known to use.
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
        for column in [
            // Empty in sessions from before.
            timestamp_with_time_zone_null("used_at"),
            text_null("device"),
            text_null("network"),
        ] {
            manager.alter_table(Table::alter().table("session").add_column(column).take()).await?;
        }
        let table = Table::create()
            .table("known_device")
            .col(text("token_hash").primary_key())
            .col(uuid("account_id"))
            .col(text("device"))
            .col(timestamp_with_time_zone("first_used_at"))
            .col(timestamp_with_time_zone("used_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("fk_known_device_account_id")
                    .from("known_device", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .check(Expr::cust("used_at >= first_used_at"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("known_device", &["account_id"])).await?;
        manager.create_index(index("known_device", &["used_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("known_device").take()).await?;
        for column in ["used_at", "device", "network"] {
            manager.alter_table(Table::alter().table("session").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
