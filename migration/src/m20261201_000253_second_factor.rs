//! Second factors: the sealed secret of an authenticator application, and the hashes of recovery codes.
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
        let of_account = |table: &'static str| {
            ForeignKey::create()
                .name(format!("fk_{table}_account_id"))
                .from(table, "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade)
                .to_owned()
        };
        let factor = Table::create()
            .table("second_factor")
            .col(uuid("account_id").primary_key())
            .col(text("secret"))
            .col(big_integer("last_step"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut of_account("second_factor"))
            .take();
        manager.create_table(factor).await?;
        let code = Table::create()
            .table("recovery_code")
            .col(uuid("account_id"))
            .col(text("code_hash"))
            .col(timestamp_with_time_zone_null("used_at"))
            .primary_key(Index::create().col("account_id").col("code_hash"))
            .foreign_key(&mut of_account("recovery_code"))
            .take();
        manager.create_table(code).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("recovery_code").take()).await?;
        manager.drop_table(Table::drop().table("second_factor").take()).await
    }
}
