//! The stored pictures of examples: the rows that keep their files.
use chrono::{DateTime, Utc};
use domain::id::PublicationId;
use entity::example_picture as row;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

use crate::store::rows_inserted;

/// Records that an example has this picture. One that it had before is known already.
pub async fn insert(
    tx: &DatabaseTransaction,
    example: PublicationId,
    sha256: &str,
    size: usize,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        publication_id: example.0,
        sha256: sha256.to_owned(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        created_at: now,
    };
    let key = [row::Column::PublicationId, row::Column::Sha256];
    let again = OnConflict::columns(key).do_nothing().to_owned();
    let inserted = row::Entity::insert(model.into_active_model()).on_conflict(again);
    rows_inserted(inserted.exec_without_returning(tx).await)?;
    Ok(())
}

/// Forgets the pictures of an example whose text is erased. Their files are swept later.
pub async fn delete_of(tx: &DatabaseTransaction, example: PublicationId) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.publication_id.eq(example.0)).exec(tx).await?;
    Ok(())
}
