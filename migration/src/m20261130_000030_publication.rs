//! The role of editors; publications with all their revisions, the numbers of their public addresses, and the checks of their links.
use sea_orm_migration::{prelude::*, schema::*};

use crate::{checks::replace_check, indexes::index};

const ROLES: &str = "role IN ('coordinator', 'expert', 'desk', 'observer', 'administrator')";
const MORE_ROLES: &str = "role IN ('coordinator', 'expert', 'desk', 'observer', 'editor', 'administrator')";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_check(manager, ("account", "role"), ROLES, MORE_ROLES).await?;
        manager.create_table(publication()).await?;
        manager.create_index(index("publication", &["kind", "updated_at"])).await?;
        manager.create_table(publication_revision()).await?;
        manager.create_table(link_check()).await?;
        manager.create_index(index("link_check", &["checked_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["link_check", "publication_revision", "publication"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let closed = "UPDATE account SET role = 'observer', active = FALSE WHERE role = 'editor'";
        manager.get_connection().execute_unprepared(closed).await?;
        replace_check(manager, ("account", "role"), MORE_ROLES, ROLES).await
    }
}

/// Defines the table `publication`: its state. The text is in its revisions.
fn publication() -> TableCreateStatement {
    let by_number =
        Index::create().name("ux_publication_kind_number").col("kind").col("number").unique().take();
    Table::create()
        .table("publication")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(integer("number"))
        .col(integer("revision"))
        .col(integer_null("public_revision"))
        .col(text("status"))
        .col(timestamp_with_time_zone_null("public_from"))
        .col(timestamp_with_time_zone_null("public_until"))
        .col(timestamp_with_time_zone("updated_at"))
        .index(&mut by_number.clone())
        .check(Expr::cust("revision >= 1 AND (public_revision IS NULL OR public_revision <= revision)"))
        .check(Expr::cust("(status = 'draft') = (public_revision IS NULL)"))
        .check(Expr::cust("(status = 'draft') = (public_from IS NULL)"))
        .check(Expr::cust("public_until IS NULL OR public_until > public_from"))
        .take()
}

/// Defines the table `publication_revision`: the text of a publication after each act, with the act and its author.
fn publication_revision() -> TableCreateStatement {
    Table::create()
        .table("publication_revision")
        .col(uuid("publication_id"))
        .col(integer("revision"))
        .col(text("act"))
        .col(text("title"))
        .col(text_null("body"))
        .col(text("facts"))
        .col(uuid_null("changed_by"))
        .col(timestamp_with_time_zone("changed_at"))
        .primary_key(Index::create().col("publication_id").col("revision"))
        .foreign_key(&mut to("publication_revision", "publication_id", "publication"))
        .foreign_key(&mut to("publication_revision", "changed_by", "account"))
        .take()
}

/// Defines the table `link_check`: the result of the last check of each link to another site.
fn link_check() -> TableCreateStatement {
    Table::create()
        .table("link_check")
        .col(uuid("publication_id"))
        .col(text("address"))
        .col(timestamp_with_time_zone_null("checked_at"))
        .col(text_null("fault"))
        .col(integer("failures"))
        .primary_key(Index::create().col("publication_id").col("address"))
        .foreign_key(&mut to("link_check", "publication_id", "publication"))
        .take()
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}
