//! Retention: what was erased of a consultation and when, holds, the log, and the notices before a run.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The name of each index, and what it is on. The first two find what is due along the instants of the end.
const INDEXES: [(&str, &str); 5] = [
    (
        "ix_consultation_contact_due",
        "consultation (ended_at) WHERE contact_erased_at IS NULL AND ended_at IS NOT NULL AND merged_into IS NULL",
    ),
    (
        "ix_consultation_record_due",
        "consultation (ended_at) WHERE record_erased_at IS NULL AND ended_at IS NOT NULL AND merged_into IS NULL",
    ),
    ("ix_outbox_created_at_with_words", "outbox (created_at) WHERE text_body <> ''"),
    ("ix_inbound_mail_received_at_with_raw", "inbound_mail (received_at) WHERE raw_erased_at IS NULL"),
    ("ix_attachment_created_at_with_name", "attachment (created_at) WHERE name <> ''"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["contact_erased_at", "record_erased_at"] {
            let added = timestamp_with_time_zone_null(column);
            manager.alter_table(Table::alter().table("consultation").add_column(added).take()).await?;
        }
        for (table, column) in [("event", "erased_at"), ("inbound_mail", "raw_erased_at")] {
            let added = timestamp_with_time_zone_null(column);
            manager.alter_table(Table::alter().table(table).add_column(added).take()).await?;
        }
        manager.create_table(legal_hold()).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX uq_legal_hold_open ON legal_hold (consultation_id) WHERE lifted_at IS NULL",
            )
            .await?;
        manager.create_table(erasure()).await?;
        manager.create_index(index("erasure", &["at"])).await?;
        manager.create_table(erasure_notice()).await?;
        for (name, on) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        for table in ["erasure_notice", "erasure", "legal_hold"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        for (table, column) in [("event", "erased_at"), ("inbound_mail", "raw_erased_at")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        for column in ["record_erased_at", "contact_erased_at"] {
            manager.alter_table(Table::alter().table("consultation").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

fn legal_hold() -> TableCreateStatement {
    Table::create()
        .table("legal_hold")
        .col(pk_uuid("id"))
        .col(uuid("consultation_id"))
        .col(text("reason"))
        .col(uuid("placed_by"))
        .col(timestamp_with_time_zone("placed_at"))
        .col(uuid_null("lifted_by"))
        .col(timestamp_with_time_zone_null("lifted_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_legal_hold_consultation_id")
                .from("legal_hold", "consultation_id")
                .to("consultation", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_legal_hold_placed_by")
                .from("legal_hold", "placed_by")
                .to("account", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_legal_hold_lifted_by")
                .from("legal_hold", "lifted_by")
                .to("account", "id"),
        )
        .check(Expr::cust("(lifted_by IS NULL) = (lifted_at IS NULL)"))
        .take()
}

fn erasure() -> TableCreateStatement {
    Table::create()
        .table("erasure")
        .col(pk_uuid("id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("kind"))
        .col(text("cause"))
        .col(uuid_null("consultation_id"))
        .col(uuid_null("account_id"))
        .col(big_integer("quantity"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_erasure_consultation_id")
                .from("erasure", "consultation_id")
                .to("consultation", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_erasure_account_id")
                .from("erasure", "account_id")
                .to("account", "id"),
        )
        .check(Expr::cust("quantity >= 0"))
        .take()
}

fn erasure_notice() -> TableCreateStatement {
    Table::create()
        .table("erasure_notice")
        .col(date("day"))
        .col(small_integer("contact_years"))
        .col(small_integer("record_years"))
        .col(timestamp_with_time_zone("announced_at"))
        .primary_key(Index::create().col("day").col("contact_years").col("record_years"))
        .take()
}
