//! The places of visits, and quarter hours that several visits share, because the expert does not travel home
//! between two adjacent visits.
use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Sets the place of visits that a draft holds to the prefecture in its form.
const OF_DRAFTS_ON_SQLITE: &str = "UPDATE appointment SET site = (
        SELECT CAST(json_extract(form, '$.prefecture') AS INTEGER) FROM draft WHERE draft.id = draft_id
    ) WHERE mode = 'visit' AND draft_id IN (
        SELECT id FROM draft WHERE CAST(json_extract(form, '$.prefecture') AS INTEGER) BETWEEN 1 AND 47
    )";
const OF_DRAFTS_ON_POSTGRESQL: &str = "UPDATE appointment SET site = CAST(form->>'prefecture' AS smallint)
    FROM draft WHERE draft.id = draft_id AND mode = 'visit'
    AND form->>'prefecture' ~ '^(0?[1-9]|[1-3][0-9]|4[0-7])$'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Everything is done on one connection, because another connection that still knows the table would
    /// refuse its name.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let site = small_integer_null("site")
            .extra("CHECK (site IS NULL OR (mode = 'visit' AND site BETWEEN 1 AND 47))")
            .take();
        manager.alter_table(Table::alter().table("appointment").add_column(site).take()).await?;
        db.execute_unprepared(
            "UPDATE appointment SET site = (
                SELECT prefecture FROM consultation WHERE consultation.id = consultation_id
            ) WHERE mode = 'visit'",
        )
        .await?;
        let is_postgresql = manager.get_database_backend() == DbBackend::Postgres;
        let of_drafts = if is_postgresql { OF_DRAFTS_ON_POSTGRESQL } else { OF_DRAFTS_ON_SQLITE };
        db.execute_unprepared(of_drafts).await?;

        db.execute_unprepared("CREATE TABLE calendar_cell_before AS SELECT * FROM calendar_cell").await?;
        manager.drop_table(Table::drop().table("calendar_cell").take()).await?;
        manager.create_table(calendar_cell()).await?;
        db.execute_unprepared(
            "INSERT INTO calendar_cell (expert_id, quarter, lane, appointment_id)
            SELECT expert_id, quarter, 0, appointment_id FROM calendar_cell_before",
        )
        .await?;
        manager.create_index(index("calendar_cell", &["appointment_id"])).await?;
        manager.drop_table(Table::drop().table("calendar_cell_before").take()).await
    }
}

/// Defines the table `calendar_cell`: quarter hours of experts that appointments own, travel and buffers
/// included. A cell that is not travel has lane 0.
fn calendar_cell() -> TableCreateStatement {
    Table::create()
        .table("calendar_cell")
        .col(uuid("expert_id"))
        .col(big_integer("quarter"))
        .col(small_integer("lane"))
        .col(uuid("appointment_id"))
        .primary_key(Index::create().col("expert_id").col("quarter").col("lane"))
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
        .check(Expr::cust("lane >= 0"))
        .take()
}
