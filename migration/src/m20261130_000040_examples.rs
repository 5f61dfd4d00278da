//! The number of the last change of a publication, by which servers find the examples that have changed.
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
        let number = big_integer("change_number").default(0).take();
        let add = Table::alter().table("publication").add_column(number).take();
        manager.alter_table(add).await?;
        manager.create_index(index("publication", &["kind", "change_number"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::drop();
        index.name("ix_publication_kind_change_number").table("publication");
        manager.drop_index(index).await?;
        let drop = Table::alter().table("publication").drop_column("change_number").take();
        manager.alter_table(drop).await
    }
}
