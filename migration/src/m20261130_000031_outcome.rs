//! The outcome of an appointment to which the expert did not come, cancellations by an expert, reports that the center
//! writes, and the record of who has changed an expert's schedule.
use sea_orm_migration::{prelude::*, schema::*};

use crate::checks::replace_check;

#[derive(DeriveMigrationName)]
pub struct Migration;

const STATES: &str = "state IN ('held', 'confirmed', 'done', 'no_show', 'cancelled_by_company', 'cancelled_by_center', 'released')";
const MORE_STATES: &str = "state IN ('held', 'confirmed', 'done', 'no_show', 'expert_no_show', 'cancelled_by_company', 'cancelled_by_expert', 'cancelled_by_center', 'released')";

/// The reports that are written by the center, or are due in a case that has ended. Both are few.
const INDEXES: [&str; 2] = [
    "CREATE INDEX ix_consultation_report_by_center ON consultation (id) WHERE report_by_center",
    "CREATE INDEX ix_consultation_report_due_ended ON consultation (turn, deadline_kind, id) WHERE deadline_kind = 'report' AND turn = 'ended'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        check_states(manager, STATES, MORE_STATES).await?;
        let by_center = boolean("report_by_center").default(false).take();
        manager.alter_table(Table::alter().table("consultation").add_column(by_center).take()).await?;
        manager.create_table(schedule_change()).await?;
        let by_time = Index::create()
            .name("ix_schedule_change_at_id")
            .table("schedule_change")
            .col("at")
            .col("id")
            .take();
        manager.create_index(by_time).await?;
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["ix_consultation_report_by_center", "ix_consultation_report_due_ended"] {
            db.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        manager.drop_table(Table::drop().table("schedule_change").take()).await?;
        manager
            .alter_table(Table::alter().table("consultation").drop_column("report_by_center").take())
            .await?;
        let back = "UPDATE appointment SET state = 'cancelled_by_center' \
            WHERE state IN ('expert_no_show', 'cancelled_by_expert')";
        db.execute_unprepared(back).await?;
        check_states(manager, MORE_STATES, STATES).await
    }
}

/// Defines the table `schedule_change`: who has changed an expert's schedule, in whose stead, and what.
fn schedule_change() -> TableCreateStatement {
    Table::create()
        .table("schedule_change")
        .col(uuid("id").primary_key())
        .col(uuid("expert_id"))
        .col(timestamp_with_time_zone("at"))
        .col(text("actor_kind"))
        .col(uuid_null("actor_id"))
        .col(text("what"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_schedule_change_expert_id")
                .from("schedule_change", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Replaces the check of the column `state`.
async fn check_states(manager: &SchemaManager<'_>, before: &str, after: &str) -> Result<(), DbErr> {
    replace_check(manager, ("appointment", "state"), before, after).await
}
