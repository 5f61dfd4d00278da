//! The network: mentors, questions to them, the questions that were passed on, and the words of both sides; and the
//! relay address of a mail.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mentor()).await?;
        let live = "status IN ('unproved', 'applied', 'listed', 'paused')";
        manager.create_index(unique_where("mentor", &["email_key"], live)).await?;
        manager.create_index(index("mentor", &["due_at"])).await?;
        manager.create_table(network_question()).await?;
        manager.create_index(index("network_question", &["status", "state_since"])).await?;
        manager.create_index(index("network_question", &["mentor_id", "status"])).await?;
        manager.create_index(index("network_question", &["consultation_id"])).await?;
        manager.create_index(index("network_question", &["due_at"])).await?;
        manager.create_table(network_pass()).await?;
        manager.create_index(unique("network_pass", &["mentor_id", "month", "slot"])).await?;
        manager.create_table(network_message()).await?;
        manager.create_index(index("network_message", &["question_id", "created_at"])).await?;
        let relay = Table::alter().table("outbox").add_column(uuid_null("relay_id")).take();
        manager.alter_table(relay).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("outbox").drop_column("relay_id").take()).await?;
        for table in ["network_message", "network_pass", "network_question", "mentor"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `mentor`: a company that answers questions, wants to, or did.
fn mentor() -> TableCreateStatement {
    Table::create()
        .table("mentor")
        .col(pk_uuid("id"))
        .col(text("status"))
        .col(text("name"))
        .col(text("industry"))
        .col(integer("employees"))
        .col(integer("prefecture"))
        .col(text("topics"))
        .col(integer("a_month"))
        .col(date_null("open_from"))
        .col(date_null("open_until"))
        .col(text_null("contact_name"))
        .col(text_null("email"))
        .col(text_null("email_key"))
        .col(timestamp_with_time_zone("agreed_at"))
        .col(timestamp_with_time_zone_null("proved_at"))
        .col(timestamp_with_time_zone_null("until"))
        .col(timestamp_with_time_zone("state_since"))
        .col(text_null("reason"))
        .col(integer("version"))
        .col(timestamp_with_time_zone_null("due_at"))
        .check(Expr::cust("(status = 'unproved') = (until IS NOT NULL)"))
        .check(Expr::cust("status IN ('unproved', 'rejected', 'departed') OR proved_at IS NOT NULL"))
        .take()
}

/// Defines the table `network_question`: a question to a mentor.
fn network_question() -> TableCreateStatement {
    Table::create()
        .table("network_question")
        .col(pk_uuid("id"))
        .col(text("status"))
        .col(uuid_null("wanted_id"))
        .col(uuid_null("mentor_id"))
        .col(uuid_null("consultation_id"))
        .col(text("industry"))
        .col(text("size"))
        .col(integer("prefecture"))
        .col(text_null("company_name"))
        .col(text_null("contact_name"))
        .col(text_null("email"))
        .col(text_null("email_key"))
        .col(text_null("words"))
        .col(timestamp_with_time_zone_null("until"))
        .col(text_null("back_reason"))
        .col(boolean("asker_agrees"))
        .col(boolean("mentor_agrees"))
        .col(timestamp_with_time_zone("state_since"))
        .col(timestamp_with_time_zone("agreed_at"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("due_at"))
        .foreign_key(&mut to("network_question", "wanted_id", "mentor", "id"))
        .foreign_key(&mut to("network_question", "mentor_id", "mentor", "id"))
        .foreign_key(&mut to("network_question", "consultation_id", "consultation", "id"))
        .check(Expr::cust("(status IN ('unproved', 'with_mentor')) = (until IS NOT NULL)"))
        .check(Expr::cust("status <> 'with_mentor' OR mentor_id IS NOT NULL"))
        .check(Expr::cust("status NOT IN ('unproved', 'at_center') OR mentor_id IS NULL"))
        .take()
}

/// Defines the table `network_pass`: one of the places that a mentor has for questions in a month, taken by a question.
fn network_pass() -> TableCreateStatement {
    Table::create()
        .table("network_pass")
        .col(pk_uuid("id"))
        .col(uuid("mentor_id"))
        .col(integer("month"))
        .col(integer("slot"))
        .col(uuid("question_id"))
        .foreign_key(&mut to("network_pass", "mentor_id", "mentor", "id"))
        .foreign_key(&mut to("network_pass", "question_id", "network_question", "id"))
        .take()
}

/// Defines the table `network_message`: words of one side of a question.
fn network_message() -> TableCreateStatement {
    Table::create()
        .table("network_message")
        .col(pk_uuid("id"))
        .col(uuid("question_id"))
        .col(text("side"))
        .col(text("words"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to("network_message", "question_id", "network_question", "id"))
        .take()
}

fn to(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, key).take()
}
