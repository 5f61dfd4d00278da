//! Received mail: the raw message first, then what became of it.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(inbound_mail()).await?;
        manager.create_index(unique("inbound_mail", &["content_hash"])).await?;
        manager.create_index(index("inbound_mail", &["state", "next_try_at"])).await?;
        manager.create_index(index("inbound_mail", &["open", "id"])).await?;
        manager.create_index(index("inbound_mail", &["consultation_id"])).await?;
        manager.create_index(index("inbound_mail", &["from_key", "received_at"])).await?;
        manager.create_table(inbound_raw()).await?;
        manager.create_table(mail_bounce()).await?;
        manager.create_index(index("mail_bounce", &["consultation_id"])).await?;
        manager.create_index(index("mail_bounce", &["address_key"])).await?;
        manager.create_index(index("mail_bounce", &["outbox_id"])).await?;
        manager.create_table(imap_mailbox()).await?;
        Ok(())
    }
}

/// Defines the table `inbound_mail`: messages as they arrived. A column that is only known once the message
/// was read may be empty.
fn inbound_mail() -> TableCreateStatement {
    Table::create()
        .table("inbound_mail")
        .col(uuid("id").primary_key())
        .col(text("content_hash"))
        .col(text("source"))
        .col(text("envelope_to"))
        .col(text("envelope_from"))
        .col(big_integer("size"))
        .col(boolean("truncated"))
        .col(timestamp_with_time_zone("received_at"))
        .col(text("state"))
        .col(text("reason"))
        .col(text("outcome"))
        .col(boolean("open"))
        .col(text("from_address"))
        .col(text("from_name"))
        .col(text("from_key"))
        .col(text("subject"))
        .col(text("message_id"))
        .col(text("fingerprint"))
        .col(uuid_null("consultation_id"))
        .col(uuid_null("entry_id"))
        .col(timestamp_with_time_zone_null("proposed_start"))
        .col(timestamp_with_time_zone_null("proposed_end"))
        .col(uuid_null("handled_by"))
        .col(timestamp_with_time_zone_null("handled_at"))
        .col(text("handled_note"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("next_try_at"))
        .foreign_key(&mut to("inbound_mail", "consultation_id", "consultation"))
        .foreign_key(&mut to("inbound_mail", "entry_id", "message"))
        .foreign_key(&mut to("inbound_mail", "handled_by", "account"))
        .check(Expr::cust("source IN ('pipe', 'imap')"))
        .check(Expr::cust(
            "state IN ('stored', 'attached', 'quarantined', 'discarded', 'bounce', 'auto_reply', 'calendar')",
        ))
        .check(Expr::cust("state <> 'quarantined' OR reason <> ''"))
        .check(Expr::cust("state <> 'attached' OR (consultation_id IS NOT NULL AND entry_id IS NOT NULL)"))
        .check(Expr::cust("(handled_by IS NULL) = (handled_at IS NULL)"))
        .check(Expr::cust("(proposed_start IS NULL) = (proposed_end IS NULL)"))
        .take()
}

/// Defines the table `inbound_raw`: the octets of the messages, in a table of their own so that lists do not
/// read them.
fn inbound_raw() -> TableCreateStatement {
    Table::create()
        .table("inbound_raw")
        .col(uuid("inbound_id").primary_key())
        .col(ColumnDef::new("bytes").blob().not_null())
        .foreign_key(to("inbound_raw", "inbound_id", "inbound_mail").on_delete(ForeignKeyAction::Cascade))
        .take()
}

/// Defines the table `mail_bounce`: addresses that our mails did not reach.
fn mail_bounce() -> TableCreateStatement {
    Table::create()
        .table("mail_bounce")
        .col(uuid("inbound_id"))
        .col(text("address_key"))
        .col(uuid_null("outbox_id"))
        .col(uuid_null("consultation_id"))
        .col(boolean("permanent"))
        .col(text("status"))
        .col(text("diagnostic"))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone_null("cleared_at"))
        .primary_key(Index::create().col("inbound_id").col("address_key"))
        .foreign_key(&mut to("mail_bounce", "inbound_id", "inbound_mail"))
        .foreign_key(&mut to("mail_bounce", "outbox_id", "outbox"))
        .foreign_key(&mut to("mail_bounce", "consultation_id", "consultation"))
        .take()
}

/// Defines the table `imap_mailbox`: how far each mailbox has been read, and the lease of the worker that
/// reads it.
fn imap_mailbox() -> TableCreateStatement {
    Table::create()
        .table("imap_mailbox")
        .col(text("name").primary_key())
        .col(big_integer_null("uid_validity"))
        .col(big_integer("last_uid"))
        .col(uuid_null("lease_token"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone_null("polled_at"))
        .col(text("failure"))
        .check(Expr::cust("(lease_token IS NULL) = (lease_until IS NULL)"))
        .take()
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}
