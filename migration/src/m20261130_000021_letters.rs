//! An entry of the thread that the center and the desk alone read, and requests that came by mail or by a visit.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

const ORIGINS: &str = "origin IN ('web', 'desk', 'phone')";
const MORE_ORIGINS: &str = "origin IN ('web', 'desk', 'phone', 'mail', 'visit')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let with_desk = boolean("with_desk").default(false).take();
        manager.alter_table(Table::alter().table("message").add_column(with_desk).take()).await?;
        check_origins(manager, ORIGINS, MORE_ORIGINS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let earlier = "UPDATE consultation SET origin = 'phone' WHERE origin IN ('mail', 'visit')";
        manager.get_connection().execute_unprepared(earlier).await?;
        check_origins(manager, MORE_ORIGINS, ORIGINS).await?;
        manager.alter_table(Table::alter().table("message").drop_column("with_desk").take()).await
    }
}

/// Replaces the check of the column `origin`. SQLite has no statement for it: the text of the schema is changed, which
/// is safe for a check, because no stored row changes (<https://www.sqlite.org/lang_altertable.html>).
async fn check_origins(manager: &SchemaManager<'_>, before: &str, after: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
        db.execute_unprepared("ALTER TABLE consultation DROP CONSTRAINT consultation_origin_check").await?;
        let add =
            format!("ALTER TABLE consultation ADD CONSTRAINT consultation_origin_check CHECK ({after})");
        db.execute_unprepared(&add).await?;
        return Ok(());
    }
    let quoted = |it: &str| it.replace('\'', "''");
    let change = format!(
        "UPDATE sqlite_schema SET sql = replace(sql, '{}', '{}') WHERE type = 'table' AND name = 'consultation'",
        quoted(before),
        quoted(after)
    );
    for statement in ["PRAGMA writable_schema = ON", &change, "PRAGMA writable_schema = RESET"] {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
