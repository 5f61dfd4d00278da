//! Events: what of them decides about seats, the people who sign up, and the answers to the questionnaire.
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
        manager.create_table(gathering()).await?;
        manager.create_index(index("gathering", &["due_at"])).await?;
        manager.create_table(sign_up()).await?;
        manager.create_index(unique("sign_up", &["publication_id", "seat_kind", "seat_number"])).await?;
        let live = "status IN ('unconfirmed', 'waiting', 'offered', 'seated')";
        manager.create_index(unique_where("sign_up", &["publication_id", "email_key"], live)).await?;
        manager.create_index(index("sign_up", &["status", "until"])).await?;
        manager.create_table(questionnaire_answer()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["questionnaire_answer", "sign_up", "gathering"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `gathering`: an event as it was published last, and what has become of it.
fn gathering() -> TableCreateStatement {
    Table::create()
        .table("gathering")
        .col(uuid("publication_id").primary_key())
        .col(integer("number"))
        .col(text("kind"))
        .col(text("title"))
        .col(text("place"))
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(timestamp_with_time_zone("deadline"))
        .col(integer_null("venue_seats"))
        .col(integer_null("online_seats"))
        .col(text("experts"))
        .col(text_null("online_link"))
        .col(text_null("materials"))
        .col(integer("sequence"))
        .col(timestamp_with_time_zone_null("called_off_at"))
        .col(text_null("call_off_reason"))
        .col(timestamp_with_time_zone_null("thanked_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .col(timestamp_with_time_zone_null("due_at"))
        .foreign_key(&mut to("gathering", "publication_id", "publication", "id"))
        .check(Expr::cust("ends_at > starts_at AND deadline <= starts_at"))
        .check(Expr::cust("(called_off_at IS NULL) = (call_off_reason IS NULL)"))
        .take()
}

/// Defines the table `sign_up`: one person who takes part, wants to, or does not any more.
fn sign_up() -> TableCreateStatement {
    Table::create()
        .table("sign_up")
        .col(pk_uuid("id"))
        .col(uuid("publication_id"))
        .col(text("seat_kind"))
        .col(text("status"))
        .col(integer_null("seat_number"))
        .col(timestamp_with_time_zone_null("until"))
        .col(timestamp_with_time_zone_null("since"))
        .col(text_null("name"))
        .col(text_null("organization"))
        .col(text_null("email"))
        .col(text_null("email_key"))
        .col(timestamp_with_time_zone_null("attended_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to("sign_up", "publication_id", "gathering", "publication_id"))
        .check(Expr::cust("(status IN ('offered', 'seated')) = (seat_number IS NOT NULL)"))
        .check(Expr::cust("(status IN ('unconfirmed', 'offered')) = (until IS NOT NULL)"))
        .check(Expr::cust("(status = 'waiting') = (since IS NOT NULL)"))
        .take()
}

/// Defines the table `questionnaire_answer`: a participant's answers after the event.
fn questionnaire_answer() -> TableCreateStatement {
    Table::create()
        .table("questionnaire_answer")
        .col(uuid("sign_up_id").primary_key())
        .col(text("usefulness"))
        .col(text("next_step"))
        .col(text_null("comment"))
        .col(timestamp_with_time_zone("answered_at"))
        .foreign_key(&mut to("questionnaire_answer", "sign_up_id", "sign_up", "id"))
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
