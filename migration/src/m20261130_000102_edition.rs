//! Editions of the statistics: the counts of a month, which never change, and their release.
use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The statements with which SQLite refuses changes of an edition.
const SQLITE: [&str; 2] = [
    "CREATE TRIGGER statistics_edition_unchanged BEFORE UPDATE ON statistics_edition \
     BEGIN SELECT RAISE(ABORT, 'an edition never changes'); END",
    "CREATE TRIGGER statistics_edition_kept BEFORE DELETE ON statistics_edition \
     BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END",
];

/// The statements with which PostgreSQL refuses changes of an edition.
const POSTGRES: [&str; 3] = [
    "CREATE FUNCTION refuse_edition_change() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'an edition never changes'; END $$",
    "CREATE TRIGGER statistics_edition_unchanged BEFORE UPDATE OR DELETE ON statistics_edition \
     FOR EACH ROW EXECUTE FUNCTION refuse_edition_change()",
    "CREATE TRIGGER statistics_edition_kept BEFORE TRUNCATE ON statistics_edition \
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_edition_change()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(statistics_edition()).await?;
        manager.create_table(edition_release()).await?;
        manager.create_index(index("edition_release", &["released_at", "comment_until"])).await?;
        let db = manager.get_connection();
        let statements: &[&str] =
            if db.get_database_backend() == DbBackend::Sqlite { &SQLITE } else { &POSTGRES };
        for it in statements {
            db.execute_unprepared(it).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["edition_release", "statistics_edition"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared("DROP FUNCTION refuse_edition_change").await?;
        }
        Ok(())
    }
}

/// Defines the table `statistics_edition`: the counts of a month.
fn statistics_edition() -> TableCreateStatement {
    Table::create()
        .table("statistics_edition")
        .col(text("month").primary_key())
        .col(timestamp_with_time_zone("closed_at"))
        .col(json("content"))
        .take()
}

/// Defines the table `edition_release`: the center's comment on an edition, and whether others see it.
fn edition_release() -> TableCreateStatement {
    Table::create()
        .table("edition_release")
        .col(text("month").primary_key())
        .col(timestamp_with_time_zone("comment_until"))
        .col(text_null("comment"))
        .col(uuid_null("commented_by"))
        .col(timestamp_with_time_zone_null("commented_at"))
        .col(timestamp_with_time_zone_null("released_at"))
        .col(uuid_null("released_by"))
        .col(integer("version"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_edition_release_month")
                .from("edition_release", "month")
                .to("statistics_edition", "month"),
        )
        .foreign_key(&mut to_account("commented_by"))
        .foreign_key(&mut to_account("released_by"))
        .check(Expr::cust("released_by IS NULL OR released_at IS NOT NULL"))
        .check(Expr::cust("(comment IS NULL) = (commented_at IS NULL)"))
        .take()
}

fn to_account(column: &'static str) -> ForeignKeyCreateStatement {
    let name = format!("fk_edition_release_{column}");
    ForeignKey::create().name(name).from("edition_release", column).to("account", "id").take()
}
