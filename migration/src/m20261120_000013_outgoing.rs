//! Outgoing mail: its domain, the mail that it follows, and the log of what happened to it and by which
//! account.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in outbox_columns() {
            let table = Table::alter().table("outbox").add_column(column).take();
            manager.alter_table(table).await?;
        }
        let db = manager.get_connection();
        let domain = if manager.get_database_backend() == sea_orm::DbBackend::Sqlite {
            r#"LOWER(SUBSTR("recipient", INSTR("recipient", '@') + 1))"#
        } else {
            r#"LOWER(SUBSTRING("recipient" FROM POSITION('@' IN "recipient") + 1))"#
        };
        let fill = format!(r#"UPDATE "outbox" SET "domain" = {domain}, "planned_at" = "due_at""#);
        db.execute_unprepared(&fill).await?;
        manager.create_index(index("outbox", &["state", "domain"])).await?;
        manager.create_index(index("outbox", &["recipient"])).await?;
        manager.create_table(outbox_log()).await?;
        manager.create_index(index("outbox_log", &["outbox_id"])).await?;
        db.execute_unprepared(
            r#"INSERT INTO "outbox_log" ("outbox_id", "at", "what", "detail")
               SELECT "outbox_id", "at", "outcome", "detail" FROM "outbox_attempt" ORDER BY "id""#,
        )
        .await?;
        manager.drop_table(Table::drop().table("outbox_attempt").take()).await?;
        manager.create_table(bad_address()).await?;
        manager.create_table(mail_pace()).await?;
        manager.create_table(unwanted_mail()).await?;
        Ok(())
    }
}

fn outbox_columns() -> Vec<ColumnDef> {
    let mut apart = text_null("apart");
    apart.check(Expr::cust(
        r#""apart" IS NULL OR ("apart" = 'held' AND "state" = 'waiting') OR ("apart" = 'unknown' AND "state" = 'failed')"#,
    ));
    let mut planned_at = timestamp_with_time_zone("planned_at");
    planned_at.default("1970-01-01 00:00:00+00:00");
    let mut domain = text("domain");
    domain.default("");
    let mut unknowns = integer("unknowns");
    unknowns.default(0);
    let columns = [domain, planned_at, apart, unknowns, text_null("follows"), text_null("unsubscribe")];
    columns.into_iter().collect()
}

/// Defines the table `outbox_log`: everything that happened to mails. Rows are only appended.
fn outbox_log() -> TableCreateStatement {
    Table::create()
        .table("outbox_log")
        .col(big_pk_auto("id"))
        .col(uuid("outbox_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("what"))
        .col(text("detail"))
        .col(uuid_null("account_id"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_outbox_log_outbox_id")
                .from("outbox_log", "outbox_id")
                .to("outbox", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_outbox_log_account_id")
                .from("outbox_log", "account_id")
                .to("account", "id"),
        )
        .check(Expr::cust(
            "what IN ('sent', 'deferred', 'refused', 'unknown', 'suppressed', 'held', 'released', 'resent', 'cancelled')",
        ))
        .check(Expr::cust(
            "account_id IS NULL OR what IN ('held', 'released', 'resent', 'cancelled')",
        ))
        .take()
}

/// Defines the table `bad_address`: addresses that no mail reaches.
fn bad_address() -> TableCreateStatement {
    Table::create()
        .table("bad_address")
        .col(text("address").primary_key())
        .col(text("reply"))
        .col(timestamp_with_time_zone("at"))
        .take()
}

/// Defines the table `mail_pace`: until when each domain's share of a minute is used up.
fn mail_pace() -> TableCreateStatement {
    Table::create()
        .table("mail_pace")
        .col(text("domain").primary_key())
        .col(timestamp_with_time_zone("used_until"))
        .take()
}

/// Defines the table `unwanted_mail`: the topics that people who sign in do not want to be sent.
fn unwanted_mail() -> TableCreateStatement {
    Table::create()
        .table("unwanted_mail")
        .col(uuid("account_id"))
        .col(text("topic"))
        .primary_key(Index::create().col("account_id").col("topic"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_unwanted_mail_account_id")
                .from("unwanted_mail", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
