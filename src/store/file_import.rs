//! Files that people import: kept until a person has seen what they contain, with the publications that came of them.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codes::ImportKind;
use domain::id::{AccountId, FileImportId, PublicationId};
use entity::{file_import as row, file_import_entry};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{insert_all, known};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileImport {
    pub id: FileImportId,
    pub kind: ImportKind,
    /// The telework month of the registrations; `None` for any other kind.
    pub campaign: Option<PublicationId>,
    pub file_name: String,
    /// The text of the file; empty once it was taken.
    pub content: String,
    pub created_by: AccountId,
    pub created_at: DateTime<Utc>,
    pub taken_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// Adds a file that waits to be taken.
pub async fn insert(tx: &DatabaseTransaction, it: &FileImport) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        kind: it.kind.into(),
        campaign_id: it.campaign.map(|it| it.0),
        file_name: it.file_name.clone(),
        content: it.content.clone(),
        created_by: it.created_by.0,
        created_at: it.created_at,
        taken_at: it.taken_at,
        undone_at: it.undone_at,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns a file of this kind.
pub async fn find(
    db: &impl ConnectionTrait,
    kind: ImportKind,
    id: FileImportId,
) -> Result<Option<FileImport>, DbErr> {
    of_kind(kind).filter(row::COLUMN.id.eq(id.0)).one(db).await?.map(from_row).transpose()
}

/// Returns a file as `find` does, locked until the end of the transaction.
pub async fn lock(
    tx: &DatabaseTransaction,
    kind: ImportKind,
    id: FileImportId,
) -> Result<Option<FileImport>, DbErr> {
    let found = of_kind(kind).filter(row::COLUMN.id.eq(id.0)).lock_exclusive().one(tx).await?;
    found.map(from_row).transpose()
}

/// Returns the files of this kind that were imported last, newest first, without their texts; of registrations those of
/// one telework month.
pub async fn newest(
    db: &impl ConnectionTrait,
    kind: ImportKind,
    campaign: Option<PublicationId>,
    limit: u64,
) -> Result<Vec<FileImport>, DbErr> {
    let mut found = of_kind(kind);
    if let Some(campaign) = campaign {
        found = found.filter(row::COLUMN.campaign_id.eq(campaign.0));
    }
    let rows = found.order_by_desc(row::COLUMN.created_at).limit(limit).all(db).await?;
    rows.into_iter().map(from_row).collect()
}

/// Records that a file was taken, and forgets its text.
pub async fn mark_taken(tx: &DatabaseTransaction, id: FileImportId, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::TakenAt, Expr::value(now))
        .col_expr(row::Column::Content, Expr::value(""))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn mark_undone(
    tx: &DatabaseTransaction,
    id: FileImportId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UndoneAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the files from before `before` that were not taken.
pub async fn delete_waiting(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.created_at.lt(before))
        .filter(Expr::col(row::Column::TakenAt).is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Records that these publications came of a file.
pub async fn add_entries(
    tx: &DatabaseTransaction,
    id: FileImportId,
    publications: impl IntoIterator<Item = PublicationId>,
) -> Result<(), DbErr> {
    let entry = |it: PublicationId| {
        file_import_entry::Model { publication_id: it.0, import_id: id.0 }.into_active_model()
    };
    insert_all(tx, publications.into_iter().map(entry)).await
}

/// Returns the publications that came of a file.
pub async fn entries(db: &impl ConnectionTrait, id: FileImportId) -> Result<Vec<PublicationId>, DbErr> {
    let of_file = file_import_entry::Entity::find().filter(file_import_entry::COLUMN.import_id.eq(id.0));
    let rows = of_file.all(db).await?;
    Ok(rows.into_iter().map(|it| PublicationId(it.publication_id)).collect())
}

/// Counts the publications that came of each of these files. A file without any is left out.
pub async fn counts(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = FileImportId>,
) -> Result<HashMap<FileImportId, u64>, DbErr> {
    let rows: Vec<(Uuid, i64)> = file_import_entry::Entity::find()
        .select_only()
        .column(file_import_entry::Column::ImportId)
        .column_as(Expr::col(file_import_entry::Column::PublicationId).count(), "n")
        .filter(file_import_entry::COLUMN.import_id.is_in(ids.into_iter().map(|it| it.0)))
        .group_by(file_import_entry::Column::ImportId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (FileImportId(id), u64::try_from(n).unwrap_or_default())).collect())
}

fn of_kind(kind: ImportKind) -> Select<row::Entity> {
    row::Entity::find().filter(row::COLUMN.kind.eq(kind.code()))
}

fn from_row(row: row::Model) -> Result<FileImport, DbErr> {
    Ok(FileImport {
        id: FileImportId(row.id),
        kind: known(&row.kind, row::Column::Kind, row.id)?,
        campaign: row.campaign_id.map(PublicationId),
        file_name: row.file_name,
        content: row.content,
        created_by: AccountId(row.created_by),
        created_at: row.created_at,
        taken_at: row.taken_at,
        undone_at: row.undone_at,
    })
}
