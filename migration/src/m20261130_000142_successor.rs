//! The page that an ended publication leads to.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("publication_successor")
            .col(pk_uuid("publication_id"))
            .col(text("address"))
            .col(uuid("saved_by"))
            .col(timestamp_with_time_zone("saved_at"))
            .foreign_key(&mut to("publication_id", "publication"))
            .foreign_key(&mut to("saved_by", "account"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("publication_successor").take()).await
    }
}

fn to(column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    let name = format!("fk_publication_successor_{column}");
    ForeignKey::create().name(name).from("publication_successor", column).to(other, "id").take()
}
