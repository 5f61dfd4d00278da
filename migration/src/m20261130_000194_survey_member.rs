//! People who take invitations to surveys outside of the telework month.
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
            .table("survey_member")
            .col(uuid("id").primary_key())
            .col(text("email"))
            .col(text("email_key").unique_key())
            .col(text("name"))
            .col(integer_null("prefecture"))
            .col(text_null("industry"))
            .col(text_null("telework_status"))
            .col(text("opt_in_version"))
            .col(timestamp_with_time_zone("opted_in_at"))
            .col(timestamp_with_time_zone_null("opted_out_at"))
            .take();
        manager.create_table(table).await?;
        // The member may be deleted before the code forgets to whom it was mailed.
        let member = Table::alter().table("survey_code").add_column(uuid_null("member_id")).take();
        manager.alter_table(member).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let member = Table::alter().table("survey_code").drop_column("member_id").take();
        manager.alter_table(member).await?;
        manager.drop_table(Table::drop().table("survey_member").take()).await
    }
}
