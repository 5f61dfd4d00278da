//! Files of publications that visitors download: logos of a telework month, materials of an event. Their bytes are outside
//! of the database.
use chrono::{DateTime, Utc};
use codes::Trust;
use domain::id::{PublicationFileId, PublicationId};
use entity::publication_file as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::store::known;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationFile {
    pub id: PublicationFileId,
    pub publication: PublicationId,
    pub name: String,
    pub content_type: String,
    /// The length in bytes.
    pub size: i64,
    /// The hash under which the bytes are stored.
    pub sha256: String,
    pub created_at: DateTime<Utc>,
    pub trust: Trust,
    /// The scanner's result.
    pub note: String,
}

/// Returns the files of a publication, in the order in which they were added.
pub async fn of(
    db: &impl ConnectionTrait,
    publication: PublicationId,
) -> Result<Vec<PublicationFile>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(publication.0))
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns the files of a publication that may be handed out.
pub async fn open(
    db: &impl ConnectionTrait,
    publication: PublicationId,
) -> Result<Vec<PublicationFile>, DbErr> {
    let mut files = of(db, publication).await?;
    files.retain(|it| it.trust.is_open());
    Ok(files)
}

pub async fn find(
    db: &impl ConnectionTrait,
    id: PublicationFileId,
) -> Result<Option<PublicationFile>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Adds a file. Returns false if the publication has `most` already.
pub async fn insert(tx: &DatabaseTransaction, it: &PublicationFile, most: usize) -> Result<bool, DbErr> {
    if of(tx, it.publication).await?.len() >= most {
        return Ok(false);
    }
    let model = row::Model {
        id: it.id.0,
        publication_id: it.publication.0,
        name: it.name.clone(),
        content_type: it.content_type.clone(),
        size: it.size,
        sha256: it.sha256.clone(),
        created_at: it.created_at,
        state: it.trust.into(),
        note: it.note.clone(),
        scan_at: (it.trust == Trust::Held).then_some(it.created_at),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(true)
}

/// Deletes a file of a publication. Returns whether it was there.
pub async fn delete(
    tx: &DatabaseTransaction,
    publication: PublicationId,
    id: PublicationFileId,
) -> Result<bool, DbErr> {
    let of_publication = row::COLUMN.publication_id.eq(publication.0);
    let delete = row::Entity::delete_many().filter(row::COLUMN.id.eq(id.0)).filter(of_publication);
    Ok(delete.exec(tx).await?.rows_affected > 0)
}

fn from_row(row: row::Model) -> Result<PublicationFile, DbErr> {
    Ok(PublicationFile {
        id: PublicationFileId(row.id),
        publication: PublicationId(row.publication_id),
        trust: known(&row.state, row::Column::State, row.id)?,
        name: row.name,
        content_type: row.content_type,
        size: row.size,
        sha256: row.sha256,
        created_at: row.created_at,
        note: row.note,
    })
}
