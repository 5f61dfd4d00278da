//! The waiting list: companies that want an earlier time, and the times that are offered to them.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The condition for the one appointment that a consultation may have. A time that is offered to it is held
/// besides.
const OWN: &str = "state IN ('held', 'confirmed') AND waiting_id IS NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(waiting()).await?;
        manager
            .create_index(
                unique_where("waiting", &["consultation_id"], "ended_at IS NULL")
                    .name("uq_waiting_open")
                    .take(),
            )
            .await?;
        manager.create_index(index("waiting", &["ended_at", "since"])).await?;
        manager.alter_table(offered_appointment()).await?;
        manager
            .drop_index(
                Index::drop().name("uq_state_appointment_consultation_id").table("appointment").to_owned(),
            )
            .await?;
        // The index gets another name, because a connection that knows the old index by this name would
        // refuse it.
        manager
            .create_index(
                unique_where("appointment", &["consultation_id"], OWN).name("uq_appointment_own").take(),
            )
            .await?;
        manager
            .create_index(unique_where("appointment", &["waiting_id"], "state IN ('held', 'confirmed')"))
            .await?;
        manager.create_table(waiting_offer()).await?;
        manager.create_index(unique_where("waiting_offer", &["waiting_id"], "state = 'open'")).await?;
        manager.create_index(index("waiting_offer", &["waiting_id"])).await?;
        manager.create_index(index("waiting_offer", &["state", "until"])).await?;
        Ok(())
    }
}

/// Defines the table `waiting`: companies that want to hear of an earlier time.
fn waiting() -> TableCreateStatement {
    Table::create()
        .table("waiting")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(json("wishes"))
        .col(timestamp_with_time_zone("since"))
        .col(small_integer("turned_down"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text_null("end_reason"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_waiting_consultation_id")
                .from("waiting", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("turned_down >= 0"))
        .check(Expr::cust("end_reason IN ('accepted', 'fulfilled', 'stopped', 'over')"))
        .check(Expr::cust("(ended_at IS NULL) = (end_reason IS NULL)"))
        .take()
}

/// Adds to an appointment that holds the time of an offer the entry of the waiting list that the offer is
/// for.
fn offered_appointment() -> TableAlterStatement {
    Table::alter()
        .table("appointment")
        .add_column(uuid_null("waiting_id").extra("REFERENCES waiting (id)").take())
        .take()
}

/// Defines the table `waiting_offer`: freed times, each held for one company until it has answered.
fn waiting_offer() -> TableCreateStatement {
    Table::create()
        .table("waiting_offer")
        .col(uuid("id").primary_key())
        .col(uuid("waiting_id"))
        .col(uuid("appointment_id").unique_key())
        .col(timestamp_with_time_zone("starts_at"))
        .col(timestamp_with_time_zone("offered_at"))
        .col(timestamp_with_time_zone("until"))
        .col(text("state"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_waiting_offer_waiting_id")
                .from("waiting_offer", "waiting_id")
                .to("waiting", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_waiting_offer_appointment_id")
                .from("waiting_offer", "appointment_id")
                .to("appointment", "id"),
        )
        .check(Expr::cust("state IN ('open', 'accepted', 'declined', 'lapsed', 'withdrawn')"))
        .check(Expr::cust("(state = 'open') = (answered_at IS NULL)"))
        .check(Expr::cust("offered_at < until"))
        .take()
}
