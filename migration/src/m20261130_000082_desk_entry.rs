//! The requests that first-line desks note.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(desk_entry()).await?;
        for columns in [
            &["desk_id", "noted_at"][..],
            &["desk_id", "status", "noted_at"],
            &["handed_over_id"],
            &["from_case_id"],
            &["changed_at"],
        ] {
            manager.create_index(index("desk_entry", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("desk_entry").take()).await
    }
}

/// Defines the table `desk_entry`: a request at a desk. What names its person is null once it is erased.
fn desk_entry() -> TableCreateStatement {
    Table::create()
        .table("desk_entry")
        .col(pk_uuid("id"))
        .col(uuid("desk_id"))
        .col(uuid_null("noted_by"))
        .col(timestamp_with_time_zone("noted_at"))
        .col(text("channel"))
        .col(text("theme"))
        .col(text("status"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(integer("version"))
        .col(text_null("name"))
        .col(text_null("company"))
        .col(text_null("phone"))
        .col(text_null("email"))
        .col(text_null("memo"))
        .col(uuid_null("handed_over_id"))
        .col(uuid_null("from_case_id"))
        .foreign_key(&mut to("desk_id", "desk"))
        .foreign_key(&mut to("noted_by", "account"))
        .foreign_key(&mut to("handed_over_id", "consultation"))
        .foreign_key(&mut to("from_case_id", "consultation"))
        .check(Expr::cust("(status = 'handed_over') = (handed_over_id IS NOT NULL)"))
        .check(Expr::cust("(channel = 'center') = (from_case_id IS NOT NULL)"))
        .check(Expr::cust(
            "name IS NOT NULL OR (company IS NULL AND phone IS NULL AND email IS NULL AND memo IS NULL)",
        ))
        .take()
}

fn to(column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_desk_entry_{column}"))
        .from("desk_entry", column)
        .to(other, "id")
        .take()
}
