//! Failed sign-ins by account and network, in the place of a count for the whole account: strangers cannot lock an account
//! for its owner.
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
            .table("sign_in_failure")
            .col(uuid("account_id"))
            .col(text("network"))
            .col(integer("failures"))
            .col(integer("locks"))
            .col(timestamp_with_time_zone_null("locked_until"))
            .col(timestamp_with_time_zone("failed_at"))
            .primary_key(Index::create().col("account_id").col("network"))
            .foreign_key(
                ForeignKey::create()
                    .name("fk_sign_in_failure_account_id")
                    .from("sign_in_failure", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .check(Expr::cust("failures >= 0 AND locks >= 0 AND (locks > 0 OR locked_until IS NULL)"))
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("sign_in_failure", &["failed_at"])).await?;
        for column in ["failed_sign_ins", "locked_until"] {
            manager.alter_table(Table::alter().table("account").drop_column(column).take()).await?;
        }
        let column = timestamp_with_time_zone_null("lock_told_at");
        manager.alter_table(Table::alter().table("account").add_column(column).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in
            [integer("failed_sign_ins").default(0).take(), timestamp_with_time_zone_null("locked_until")]
        {
            manager.alter_table(Table::alter().table("account").add_column(column).take()).await?;
        }
        manager.alter_table(Table::alter().table("account").drop_column("lock_told_at").take()).await?;
        manager.drop_table(Table::drop().table("sign_in_failure").take()).await
    }
}
