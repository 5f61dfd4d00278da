//! Attachments, message drafts and reply templates.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let automatic = boolean("automatic").default(false).take();
        manager.alter_table(Table::alter().table("message").add_column(automatic).take()).await?;
        manager.create_table(attachment()).await?;
        manager.create_index(index("attachment", &["message_id"])).await?;
        manager.create_index(index("attachment", &["state", "scan_at"])).await?;
        manager.create_table(message_draft()).await?;
        manager.create_table(reply_template()).await?;
        Ok(())
    }
}

/// Defines the table `attachment`: the files of messages. Their bytes are stored outside of the database,
/// under their hash.
fn attachment() -> TableCreateStatement {
    Table::create()
        .table("attachment")
        .col(uuid("id").primary_key())
        .col(uuid("message_id"))
        .col(integer("position"))
        .col(text("name"))
        .col(text("content_type"))
        .col(big_integer("size"))
        .col(text_null("sha256"))
        .col(text("state"))
        .col(text("note"))
        .col(timestamp_with_time_zone_null("scan_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_attachment_message_id")
                .from("attachment", "message_id")
                .to("message", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("state IN ('unscanned', 'held', 'clean', 'infected', 'refused')"))
        .check(Expr::cust("(state = 'refused') = (sha256 IS NULL)"))
        .check(Expr::cust("(state = 'held') = (scan_at IS NOT NULL)"))
        .take()
}

/// Defines the table `message_draft`: messages that are being written, one for each writer, consultation and
/// form.
fn message_draft() -> TableCreateStatement {
    Table::create()
        .table("message_draft")
        .col(uuid("consultation_id"))
        .col(text("writer"))
        .col(text("form"))
        .col(text("body"))
        .col(timestamp_with_time_zone("updated_at"))
        .primary_key(Index::create().col("consultation_id").col("writer").col("form"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_message_draft_consultation_id")
                .from("message_draft", "consultation_id")
                .to("consultation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `reply_template`: texts that coordinators begin their messages from.
fn reply_template() -> TableCreateStatement {
    Table::create()
        .table("reply_template")
        .col(uuid("id").primary_key())
        .col(text("name").unique_key())
        .col(text("body"))
        .col(uuid("updated_by"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_reply_template_updated_by")
                .from("reply_template", "updated_by")
                .to("account", "id"),
        )
        .take()
}
