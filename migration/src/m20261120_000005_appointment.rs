//! Assignments, appointments and the calendar cells that appointments own.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(assignment()).await?;
        manager
            .create_index(unique_where(
                "assignment",
                &["consultation_id"],
                "ict AND state IN ('offered', 'accepted')",
            ))
            .await?;
        manager
            .create_index(unique_where(
                "assignment",
                &["consultation_id"],
                "labor AND state IN ('offered', 'accepted')",
            ))
            .await?;
        manager.create_index(index("assignment", &["consultation_id"])).await?;
        manager.create_index(index("assignment", &["expert_id", "state"])).await?;
        manager.create_index(index("assignment", &["expert_id", "offered_at"])).await?;
        manager.create_index(index("assignment", &["state", "due_at"])).await?;
        manager.create_table(appointment()).await?;
        manager
            .create_index(unique_where("appointment", &["consultation_id"], "state IN ('held', 'confirmed')"))
            .await?;
        manager.create_index(unique_where("appointment", &["draft_id"], "state = 'held'")).await?;
        manager.create_index(index("appointment", &["consultation_id"])).await?;
        manager.create_index(index("appointment", &["state", "held_until"])).await?;
        manager.create_index(index("appointment", &["starts_at"])).await?;
        manager.create_table(appointment_expert()).await?;
        manager.create_index(index("appointment_expert", &["expert_id"])).await?;
        manager.create_table(calendar_cell()).await?;
        manager.create_index(index("calendar_cell", &["appointment_id"])).await?;
        manager.create_table(report()).await?;
        manager.create_index(index("report", &["consultation_id"])).await?;
        manager.create_index(index("report", &["state"])).await?;
        manager.create_table(follow_up()).await?;
        manager.create_index(unique("follow_up", &["consultation_id", "kind", "round"])).await?;
        manager.create_index(index("follow_up", &["state", "due_at"])).await?;
        Ok(())
    }
}

/// Defines the table `assignment`: experts who are asked for one or both fields of a consultation.
fn assignment() -> TableCreateStatement {
    Table::create()
        .table("assignment")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(uuid("expert_id"))
        .col(boolean("ict"))
        .col(boolean("labor"))
        .col(text("state"))
        .col(timestamp_with_time_zone("offered_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(json("deadline"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .col(text_null("decline_reason"))
        .col(json("reasons"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_assignment_consultation_id")
                .from("assignment", "consultation_id")
                .to("consultation", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_assignment_expert_id")
                .from("assignment", "expert_id")
                .to("expert", "id"),
        )
        .check(Expr::cust("ict OR labor"))
        .check(Expr::cust("state IN ('offered', 'accepted', 'declined', 'lapsed', 'withdrawn')"))
        .check(Expr::cust("(state = 'offered') = (answered_at IS NULL)"))
        .check(Expr::cust("(state = 'declined') = (decline_reason IS NOT NULL)"))
        .take()
}

/// Defines the table `appointment`: appointments with one or two experts.
fn appointment() -> TableCreateStatement {
    Table::create()
        .table("appointment")
        .col(uuid("id").primary_key())
        .col(uuid_null("consultation_id"))
        .col(uuid_null("draft_id"))
        .col(text("state"))
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("ends_at"))
        .col(text("mode"))
        .col(text("place"))
        .col(text("uid").unique_key())
        .col(integer("sequence"))
        .col(timestamp_with_time_zone_null("held_until"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text_null("end_reason"))
        .foreign_key(ForeignKey::create().name("fk_appointment_consultation_id").from("appointment", "consultation_id").to("consultation", "id"))
        .foreign_key(ForeignKey::create().name("fk_appointment_draft_id").from("appointment", "draft_id").to("draft", "id").on_delete(ForeignKeyAction::Cascade))
        .check(Expr::cust("state IN ('held', 'confirmed', 'done', 'no_show', 'cancelled_by_company', 'cancelled_by_center', 'released')"))
        .check(Expr::cust("mode IN ('online', 'visit')"))
        .check(Expr::cust("starts_at < ends_at"))
        .check(Expr::cust("(consultation_id IS NULL) <> (draft_id IS NULL)"))
        .check(Expr::cust("(state IN ('held', 'confirmed')) = (ended_at IS NULL)"))
        .take()
}

/// Defines the table `appointment_expert`: the experts who take part in appointments.
fn appointment_expert() -> TableCreateStatement {
    Table::create()
        .table("appointment_expert")
        .col(uuid("appointment_id"))
        .col(uuid("expert_id"))
        .primary_key(Index::create().col("appointment_id").col("expert_id"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_appointment_expert_appointment_id")
                .from("appointment_expert", "appointment_id")
                .to("appointment", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_appointment_expert_expert_id")
                .from("appointment_expert", "expert_id")
                .to("expert", "id"),
        )
        .take()
}

/// Defines the table `calendar_cell`: quarter hours of experts that appointments own, travel and buffers
/// included.
fn calendar_cell() -> TableCreateStatement {
    Table::create()
        .table("calendar_cell")
        .col(uuid("expert_id"))
        .col(big_integer("quarter"))
        .col(uuid("appointment_id"))
        .primary_key(Index::create().col("expert_id").col("quarter"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_cell_expert_id")
                .from("calendar_cell", "expert_id")
                .to("expert", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_calendar_cell_appointment_id")
                .from("calendar_cell", "appointment_id")
                .to("appointment", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `report`: what an expert writes after an appointment.
fn report() -> TableCreateStatement {
    Table::create()
        .table("report")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(uuid("appointment_id").unique_key())
        .col(uuid("author_id"))
        .col(text("state"))
        .col(json("body"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(uuid_null("decided_by"))
        .col(text_null("returned_reason"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_report_consultation_id")
                .from("report", "consultation_id")
                .to("consultation", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_report_appointment_id")
                .from("report", "appointment_id")
                .to("appointment", "id"),
        )
        .foreign_key(
            ForeignKey::create().name("fk_report_author_id").from("report", "author_id").to("expert", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_report_decided_by")
                .from("report", "decided_by")
                .to("account", "id"),
        )
        .check(Expr::cust("state IN ('draft', 'submitted', 'approved', 'returned')"))
        .check(Expr::cust("(state = 'returned') = (returned_reason IS NOT NULL)"))
        .take()
}

/// Defines the table `follow_up`: questions planned for after the consultation.
fn follow_up() -> TableCreateStatement {
    Table::create()
        .table("follow_up")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(text("kind"))
        .col(small_integer("round"))
        .col(text("state"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .col(json_null("answer"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_follow_up_consultation_id")
                .from("follow_up", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("kind IN ('survey', 'three_months', 'six_months', 'next_year')"))
        .check(Expr::cust("state IN ('planned', 'sent', 'answered', 'skipped', 'lapsed')"))
        .check(Expr::cust("(state = 'answered') = (answer IS NOT NULL)"))
        .take()
}
