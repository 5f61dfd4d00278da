//! One table for all addresses that cannot be reached, whether the server said so at once or a report came
//! later.
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
        // A primary key cannot be changed on SQLite, so the table is written anew. All statements are run at
        // once, because another connection would still know the indexes of the old table.
        manager.create_table(mail_bounce()).await?;
        manager.get_connection().execute_unprepared(MOVE).await?;
        Ok(())
    }
}

/// Defines the new table `mail_bounce`: addresses that a mail of ours did not reach, as a mail reported or
/// the server said at once.
fn mail_bounce() -> TableCreateStatement {
    let to = |column: &'static str, other: &'static str| {
        ForeignKey::create()
            .name(format!("fk_mail_bounce_{column}"))
            .from("mail_bounce_new", column)
            .to(other, "id")
            .take()
    };
    Table::create()
        .table("mail_bounce_new")
        .col(big_pk_auto("id"))
        .col(text("address_key"))
        .col(uuid_null("inbound_id"))
        .col(uuid_null("outbox_id"))
        .col(uuid_null("consultation_id"))
        .col(boolean("permanent"))
        .col(text("status"))
        .col(text("diagnostic"))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone_null("cleared_at"))
        .foreign_key(&mut to("inbound_id", "inbound_mail"))
        .foreign_key(&mut to("outbox_id", "outbox"))
        .foreign_key(&mut to("consultation_id", "consultation"))
        .take()
}

/// Moves the rows of both old tables. `bad_address` does not say which mail the server refused; the latest
/// failed mail to the address is taken.
const MOVE: &str = r#"
INSERT INTO mail_bounce_new (address_key, inbound_id, outbox_id, consultation_id, permanent, status, diagnostic, at,
    cleared_at)
SELECT b.address_key, b.inbound_id, b.outbox_id, b.consultation_id, b.permanent, b.status, b.diagnostic, b.at,
    b.cleared_at
FROM mail_bounce b ORDER BY b.at;
INSERT INTO mail_bounce_new (address_key, outbox_id, consultation_id, permanent, status, diagnostic, at)
SELECT a.address, o.id, o.consultation_id, TRUE, '', a.reply, a.at
FROM bad_address a
LEFT JOIN outbox o ON o.id = (
    SELECT f.id FROM outbox f WHERE LOWER(f.recipient) = a.address AND f.state = 'failed'
    ORDER BY f.created_at DESC, f.id DESC LIMIT 1)
ORDER BY a.at;
DROP TABLE mail_bounce;
DROP TABLE bad_address;
ALTER TABLE mail_bounce_new RENAME TO mail_bounce;
CREATE UNIQUE INDEX uq_mail_bounce_inbound_id_address_key ON mail_bounce (inbound_id, address_key);
CREATE INDEX ix_mail_bounce_address_key ON mail_bounce (address_key);
CREATE INDEX ix_mail_bounce_consultation_id ON mail_bounce (consultation_id);
CREATE INDEX ix_mail_bounce_outbox_id ON mail_bounce (outbox_id);
"#;
