//! The stored pictures of examples.
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
        manager.create_table(example_picture()).await?;
        manager.create_index(index("example_picture", &["sha256"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("example_picture").take()).await
    }
}

/// Defines the table `example_picture`: a stored file that a revision of an example names, so that it is not swept.
fn example_picture() -> TableCreateStatement {
    let to_publication = ForeignKey::create()
        .name("fk_example_picture_publication_id")
        .from("example_picture", "publication_id")
        .to("publication", "id")
        .take();
    Table::create()
        .table("example_picture")
        .col(uuid("publication_id"))
        .col(text("sha256"))
        .col(big_integer("size"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("publication_id").col("sha256"))
        .foreign_key(&mut to_publication.clone())
        .take()
}
