//! External calendars: the experts' busy times in them, and the entries that we have written into them.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(calendar_source()).await?;
        manager.create_index(index("calendar_source", &["expert_id"])).await?;
        manager.create_index(index("calendar_source", &["due_at"])).await?;
        manager.create_table(calendar_busy()).await?;
        manager.create_index(index("calendar_busy", &["end_quarter"])).await?;
        manager.create_table(calendar_entry()).await?;
        manager.create_index(unique("calendar_entry", &["source_id", "appointment_id"])).await?;
        manager.create_index(index("calendar_entry", &["appointment_id"])).await?;
        Ok(())
    }
}

/// Defines the table `calendar_source`: calendars of experts that are kept elsewhere.
fn calendar_source() -> TableCreateStatement {
    Table::create()
        .table("calendar_source")
        .col(uuid("id").primary_key())
        .col(uuid("expert_id"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("host"))
        .col(text("access"))
        .col(boolean("writes"))
        .col(boolean("blocks_when_stale"))
        .col(boolean("blocking"))
        .col(text_null("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone("fetched_at"))
        .col(timestamp_with_time_zone("read_at"))
        .col(timestamp_with_time_zone_null("failing_since"))
        .col(integer("failures"))
        .col(text_null("error"))
        .col(integer("unread"))
        .col(integer("unknown_zones"))
        .col(uuid_null("lease_token"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_source_expert_id")
                .from("calendar_source", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("kind IN ('ics', 'caldav')"))
        .check(Expr::cust("kind = 'caldav' OR NOT writes"))
        .check(Expr::cust("(error IS NULL) = (failing_since IS NULL)"))
        .check(Expr::cust("(lease_token IS NULL) = (lease_until IS NULL)"))
        .check(Expr::cust("blocking OR NOT blocks_when_stale"))
        .take()
}

/// Defines the table `calendar_busy`: ranges of quarter hours that are busy in an external calendar. The
/// reason is not kept.
fn calendar_busy() -> TableCreateStatement {
    Table::create()
        .table("calendar_busy")
        .col(uuid("source_id"))
        .col(big_integer("first_quarter"))
        .col(big_integer("end_quarter"))
        .primary_key(Index::create().col("source_id").col("first_quarter"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_busy_source_id")
                .from("calendar_busy", "source_id")
                .to("calendar_source", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("first_quarter < end_quarter"))
        .take()
}

/// Defines the table `calendar_entry`: appointments as they were written into an external calendar, and what
/// became of them there.
fn calendar_entry() -> TableCreateStatement {
    Table::create()
        .table("calendar_entry")
        .col(uuid("id").primary_key())
        .col(uuid("source_id"))
        .col(uuid("appointment_id"))
        .col(text("href"))
        .col(text("state"))
        .col(integer("sequence"))
        .col(text_null("etag"))
        .col(timestamp_with_time_zone_null("moved_from"))
        .col(timestamp_with_time_zone_null("moved_to"))
        .col(integer("failures"))
        .col(timestamp_with_time_zone("due_at"))
        .col(text_null("error"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_entry_source_id")
                .from("calendar_entry", "source_id")
                .to("calendar_source", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_entry_appointment_id")
                .from("calendar_entry", "appointment_id")
                .to("appointment", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("state IN ('wanted', 'written', 'moved', 'deleted')"))
        .check(Expr::cust("(state = 'moved') = (moved_from IS NOT NULL)"))
        .check(Expr::cust("(moved_from IS NULL) = (moved_to IS NULL)"))
        .take()
}
