//! Why the center sees to a report; which experts of an appointment did not come, what they still owe, and the
//! appointment that makes up for it.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The columns of `consultation`, and those of other tables.
const COLUMNS: [(&str, &str); 4] = [
    ("consultation", "report_gap"),
    ("consultation", "owed_field"),
    ("appointment", "makes_up"),
    ("appointment_expert", "absent"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in COLUMNS {
            let column = match name {
                "report_gap" => text_null(name)
                    .check(Expr::cust("report_gap IN ('no_expert', 'absent', 'overdue')"))
                    .take(),
                "owed_field" => text_null(name).check(Expr::cust("owed_field IN ('ict', 'labor')")).take(),
                _ => boolean(name).default(false).take(),
            };
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        manager.get_connection().execute_unprepared(REASON).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in COLUMNS {
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }
}

/// Until now the center saw to a report only where no expert could write it.
const REASON: &str = "UPDATE consultation SET report_gap = 'no_expert' WHERE report_by_center";
