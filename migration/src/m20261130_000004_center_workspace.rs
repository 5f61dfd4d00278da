//! The center's own work on a case: the clock of a message without a response, a date until which
//! the case is put aside, notes for the center alone, tasks, tags, and who looked at the case last.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of two tabs of the worklist. Few consultations are in them.
const INDEXES: [&str; 2] = [
    "CREATE INDEX ix_consultation_response_due_at_id ON consultation (response_due_at, id) \
        WHERE response_due_at IS NOT NULL",
    "CREATE INDEX ix_consultation_snoozed_until_id ON consultation (snoozed_until, id) \
        WHERE snoozed_until IS NOT NULL",
];

const COLUMNS: [&str; 4] = ["unanswered_since", "response_due_at", "last_inbound_at", "snoozed_until"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let column = timestamp_with_time_zone_null(column);
            manager.alter_table(Table::alter().table("consultation").add_column(column).take()).await?;
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        let center_only = boolean("center_only").default(false).take();
        manager.alter_table(Table::alter().table("message").add_column(center_only).take()).await?;
        manager.create_table(task()).await?;
        manager.create_index(index("task", &["consultation_id"])).await?;
        manager.create_index(index("task", &["done_at", "due_on"])).await?;
        manager.create_table(case_tag()).await?;
        manager.create_index(index("case_tag", &["tag", "consultation_id"])).await?;
        manager.create_table(case_visit()).await?;
        manager.create_index(index("case_visit", &["consultation_id", "seen_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["case_visit", "case_tag", "task"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        manager.alter_table(Table::alter().table("message").drop_column("center_only").take()).await?;
        for index in ["ix_consultation_response_due_at_id", "ix_consultation_snoozed_until_id"] {
            manager.drop_index(Index::drop().name(index).to_owned()).await?;
        }
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("consultation").drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `task`: what a person of the center has to do for a case by a day.
fn task() -> TableCreateStatement {
    Table::create()
        .table("task")
        .col(pk_uuid("id"))
        .col(uuid("consultation_id"))
        .col(text("title"))
        .col(uuid_null("owner_id"))
        .col(date("due_on"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(uuid_null("done_by"))
        .col(timestamp_with_time_zone_null("done_at"))
        .foreign_key(&mut to("task", "consultation_id", "consultation"))
        .foreign_key(&mut to("task", "owner_id", "account"))
        .foreign_key(&mut to("task", "created_by", "account"))
        .foreign_key(&mut to("task", "done_by", "account"))
        .check(Expr::cust("(done_at IS NULL) = (done_by IS NULL)"))
        .take()
}

/// Defines the table `case_tag`: words by which the center groups cases.
fn case_tag() -> TableCreateStatement {
    Table::create()
        .table("case_tag")
        .col(uuid("consultation_id"))
        .col(text("tag"))
        .primary_key(Index::create().col("consultation_id").col("tag"))
        .foreign_key(&mut to("case_tag", "consultation_id", "consultation"))
        .take()
}

/// Defines the table `case_visit`: when a coordinator last looked at a case.
fn case_visit() -> TableCreateStatement {
    Table::create()
        .table("case_visit")
        .col(uuid("account_id"))
        .col(uuid("consultation_id"))
        .col(timestamp_with_time_zone("seen_at"))
        .primary_key(Index::create().col("account_id").col("consultation_id"))
        .foreign_key(&mut to("case_visit", "account_id", "account"))
        .foreign_key(&mut to("case_visit", "consultation_id", "consultation"))
        .take()
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}
