//! One table for the files of all kinds that people import, in place of one table for each kind.
use sea_orm_migration::{prelude::*, schema::*};

use crate::{foreign_keys::repoint, indexes::index};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables before, each with the kind of its files, its column of the telework month and that of its undoing.
const BEFORE: [(&str, &str, &str, &str); 3] = [
    ("example_import", "cases", "NULL", "undone_at"),
    ("registration_import", "month", "publication_id", "undone_at"),
    ("desk_import", "desk", "NULL", "NULL"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        manager.create_table(file_import()).await?;
        for (table, kind, campaign, undone) in BEFORE {
            // SQLite knows no types of nulls, and PostgreSQL takes a null without one for a text.
            let is_postgres = manager.get_database_backend() == sea_orm::DbBackend::Postgres;
            let typed = |it: &str, null: &str| {
                if is_postgres && it == "NULL" { null.to_owned() } else { it.to_owned() }
            };
            let uuid = typed(campaign, "CAST(NULL AS UUID)");
            let time = typed(undone, "CAST(NULL AS TIMESTAMP WITH TIME ZONE)");
            db.execute_unprepared(&format!(
                "INSERT INTO file_import (id, kind, campaign_id, file_name, content, created_by, created_at, taken_at, \
                 undone_at) SELECT id, '{kind}', {uuid}, file_name, content, created_by, created_at, taken_at, {time} \
                 FROM {table}"
            ))
            .await?;
        }
        manager.create_index(index("file_import", &["kind", "created_at"])).await?;
        manager.create_table(entry("file_import_entry", "file_import")).await?;
        db.execute_unprepared(
            "INSERT INTO file_import_entry SELECT publication_id, import_id FROM example_import_entry",
        )
        .await?;
        manager.create_index(index("file_import_entry", &["import_id"])).await?;
        repoint(manager, ("registration", "import_id"), "registration_import", "file_import").await?;
        for table in ["example_import_entry", "example_import", "registration_import", "desk_import"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }

    /// Files of news and of the guide are of no kind that was known before, and are lost.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (table, kind, campaign, undone) in BEFORE {
            manager.create_table(earlier(table, campaign != "NULL", undone != "NULL")).await?;
            let mut columns = "id, file_name, content, created_by, created_at, taken_at".to_owned();
            let mut values = columns.clone();
            if campaign != "NULL" {
                columns.push_str(", publication_id");
                values.push_str(", campaign_id");
            }
            if undone != "NULL" {
                columns.push_str(", undone_at");
                values.push_str(", undone_at");
            }
            db.execute_unprepared(&format!(
                "INSERT INTO {table} ({columns}) SELECT {values} FROM file_import WHERE kind = '{kind}'"
            ))
            .await?;
        }
        manager.create_index(index("example_import", &["created_at"])).await?;
        manager.create_index(index("desk_import", &["created_at"])).await?;
        manager.create_table(entry("example_import_entry", "example_import")).await?;
        db.execute_unprepared(
            "INSERT INTO example_import_entry SELECT publication_id, import_id FROM file_import_entry \
             WHERE import_id IN (SELECT id FROM example_import)",
        )
        .await?;
        manager.create_index(index("example_import_entry", &["import_id"])).await?;
        repoint(manager, ("registration", "import_id"), "file_import", "registration_import").await?;
        for table in ["file_import_entry", "file_import"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `file_import`: one file. Its text is empty once it was taken.
fn file_import() -> TableCreateStatement {
    Table::create()
        .table("file_import")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(uuid_null("campaign_id"))
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(&mut to("file_import", "campaign_id", "campaign", "publication_id"))
        .foreign_key(&mut to("file_import", "created_by", "account", "id"))
        .check(Expr::cust("undone_at IS NULL OR taken_at IS NOT NULL"))
        .check(Expr::cust("(kind = 'month') = (campaign_id IS NOT NULL)"))
        .take()
}

/// Defines a table of the publications that came of files.
fn entry(table: &'static str, imports: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(pk_uuid("publication_id"))
        .col(uuid("import_id"))
        .foreign_key(&mut to(table, "publication_id", "publication", "id"))
        .foreign_key(&mut to(table, "import_id", imports, "id"))
        .take()
}

/// Defines a table of files as it was before.
fn earlier(table: &'static str, has_campaign: bool, has_undone: bool) -> TableCreateStatement {
    let mut earlier = Table::create();
    earlier.table(table).col(pk_uuid("id"));
    if has_campaign {
        earlier.col(uuid("publication_id"));
        earlier.foreign_key(&mut to(table, "publication_id", "campaign", "publication_id"));
    }
    earlier
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .foreign_key(&mut to(table, "created_by", "account", "id"));
    if has_undone {
        earlier.col(timestamp_with_time_zone_null("undone_at"));
        earlier.check(Expr::cust("undone_at IS NULL OR taken_at IS NOT NULL"));
    }
    earlier.take()
}

fn to(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, key).take()
}
