//! The rows that keep stored files: those of every table that names a file by its hash. A file without such a row is
//! swept, so that a table that is missing here loses its files.
use std::collections::BTreeSet;

use entity::{attachment, example_picture, publication_file};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

/// Returns the members of `hashes` that a row names.
pub async fn known(db: &impl ConnectionTrait, hashes: &[String]) -> Result<BTreeSet<String>, DbErr> {
    let mut found = named::<attachment::Entity>(db, attachment::Column::Sha256, hashes).await?;
    found.append(&mut named::<publication_file::Entity>(db, publication_file::Column::Sha256, hashes).await?);
    found.append(&mut named::<example_picture::Entity>(db, example_picture::Column::Sha256, hashes).await?);
    Ok(found)
}

async fn named<E: EntityTrait>(
    db: &impl ConnectionTrait,
    sha256: E::Column,
    hashes: &[String],
) -> Result<BTreeSet<String>, DbErr> {
    let found: Vec<String> = E::find()
        .select_only()
        .column(sha256)
        .filter(sha256.is_in(hashes))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}
