//! Cancellations for the calendars of experts who have no part in an appointment any more, and the times at
//! which changed entries were noticed.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(former_seat()).await?;
        manager.create_index(index("former_seat", &["expert_id", "left_at"])).await?;
        manager.alter_table(noticed()).await?;
        // A partial index, because the few entries that are proposals are looked up among many others.
        let changed = "CREATE INDEX ix_calendar_entry_changed ON calendar_entry (appointment_id)
            WHERE state IN ('moved', 'deleted')";
        manager.get_connection().execute_unprepared(changed).await?;
        Ok(())
    }
}

/// Adds the time at which a change of an entry in an external calendar was noticed.
fn noticed() -> TableAlterStatement {
    Table::alter().table("calendar_entry").add_column(timestamp_with_time_zone_null("noticed_at")).take()
}

/// Defines the table `former_seat`: appointments that an expert was told of and has no part in any more.
fn former_seat() -> TableCreateStatement {
    let part_of = |column: &'static str, table: &'static str| {
        ForeignKey::create()
            .name(format!("fk_former_seat_{column}"))
            .from("former_seat", column)
            .to(table, "id")
            .to_owned()
    };
    Table::create()
        .table("former_seat")
        .col(uuid("appointment_id"))
        .col(uuid("expert_id"))
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(integer("sequence"))
        .col(timestamp_with_time_zone("left_at"))
        .primary_key(Index::create().col("appointment_id").col("expert_id"))
        .foreign_key(&mut part_of("appointment_id", "appointment"))
        .foreign_key(&mut part_of("expert_id", "expert"))
        .check(Expr::cust("starts_at < ends_at"))
        .take()
}
