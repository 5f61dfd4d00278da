//! Mails, which are written in the transaction of the change that causes them.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_index(index("outbox", &["state", "due_at"])).await?;
        manager.create_index(index("outbox", &["consultation_id"])).await?;
        manager.create_index(index("outbox", &["created_at"])).await?;
        manager.create_table(outbox_attempt()).await?;
        manager.create_index(index("outbox_attempt", &["outbox_id"])).await?;
        manager.create_table(mail_budget()).await?;
        manager.create_table(worker_beat()).await?;
        Ok(())
    }
}

/// Defines the table `outbox`: mails, each to one address.
fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(uuid("id").primary_key())
        .col(uuid_null("consultation_id"))
        .col(text("kind"))
        .col(text("recipient"))
        .col(text("recipient_name"))
        .col(text("subject"))
        .col(text("text_body"))
        .col(text("html_body"))
        .col(text_null("calendar"))
        .col(text_null("calendar_method"))
        .col(text("message_id").unique_key())
        .col(text_null("dedup_key").unique_key())
        .col(json_null("must_hold"))
        .col(text("state"))
        .col(timestamp_with_time_zone("due_at"))
        .col(integer("attempts"))
        .col(uuid_null("lease_token"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(text_null("last_reply"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_outbox_consultation_id")
                .from("outbox", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("state IN ('waiting', 'sending', 'sent', 'failed', 'suppressed')"))
        .check(Expr::cust("(state = 'sending') = (lease_token IS NOT NULL)"))
        .check(Expr::cust("(state = 'sent') = (sent_at IS NOT NULL)"))
        .check(Expr::cust("(calendar IS NULL) = (calendar_method IS NULL)"))
        .take()
}

/// Defines the table `outbox_attempt`: the tries to hand mails over.
fn outbox_attempt() -> TableCreateStatement {
    Table::create()
        .table("outbox_attempt")
        .col(big_pk_auto("id"))
        .col(uuid("outbox_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("outcome"))
        .col(text("detail"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_outbox_attempt_outbox_id")
                .from("outbox_attempt", "outbox_id")
                .to("outbox", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("outcome IN ('sent', 'deferred', 'refused', 'suppressed')"))
        .take()
}

/// Defines the table `mail_budget`: how many application mails an address or a network has caused on a day.
fn mail_budget() -> TableCreateStatement {
    Table::create()
        .table("mail_budget")
        .col(text("key"))
        .col(date("date"))
        .col(integer("count"))
        .primary_key(Index::create().col("key").col("date"))
        .take()
}

/// Defines the table `worker_beat`: when each worker was last alive, for readiness.
fn worker_beat() -> TableCreateStatement {
    Table::create()
        .table("worker_beat")
        .col(text("name").primary_key())
        .col(timestamp_with_time_zone("at"))
        .take()
}
