//! Corrections of the values of a consultation, and the values that an application does not ask for.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The new columns: the table, and the column with its type and default.
const COLUMNS: &[(&str, &str)] = &[
    ("contact", "second_name TEXT NOT NULL DEFAULT ''"),
    ("contact", "second_kana TEXT NOT NULL DEFAULT ''"),
    ("contact", "second_email TEXT NOT NULL DEFAULT ''"),
    ("contact", "second_phone TEXT NOT NULL DEFAULT ''"),
    ("application", "visit_place TEXT NOT NULL DEFAULT ''"),
    ("application", "participants TEXT NOT NULL DEFAULT ''"),
    ("consultation", "visit_prefecture SMALLINT NULL CHECK (visit_prefecture BETWEEN 1 AND 47)"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            let add = format!("ALTER TABLE {table} ADD COLUMN {column}");
            manager.get_connection().execute_unprepared(&add).await?;
        }
        manager.create_table(correction()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("correction").take()).await?;
        for (table, column) in COLUMNS {
            let name = column.split(' ').next().unwrap_or_default();
            let drop = format!("ALTER TABLE {table} DROP COLUMN {name}");
            manager.get_connection().execute_unprepared(&drop).await?;
        }
        Ok(())
    }
}

/// Defines the table `correction`: the values of each correction, apart from its event, so that they can be erased
/// without a change of the history.
fn correction() -> TableCreateStatement {
    Table::create()
        .table("correction")
        .col(uuid("consultation_id"))
        .col(integer("seq"))
        .col(text("field"))
        .col(text_null("old_value"))
        .col(text_null("new_value"))
        .col(text_null("reason"))
        .col(integer_null("undoes"))
        .col(uuid_null("company_before"))
        .col(timestamp_with_time_zone_null("confirmed_before"))
        .primary_key(Index::create().col("consultation_id").col("seq"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_correction_consultation_id")
                .from("correction", "consultation_id")
                .to("consultation", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_correction_company_before")
                .from("correction", "company_before")
                .to("company", "id"),
        )
        .check(Expr::cust("undoes < seq"))
        .take()
}
