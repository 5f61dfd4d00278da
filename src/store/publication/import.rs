//! Imports of examples: the files, and the publications that came of each.
use chrono::{DateTime, Utc};
use domain::id::{AccountId, ExampleImportId, PublicationId};
use entity::{example_import as row, example_import_entry, link_check, publication, publication_revision};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleImport {
    pub id: ExampleImportId,
    pub file_name: String,
    /// The text of the file; empty once it was taken.
    pub content: String,
    pub created_at: DateTime<Utc>,
    pub taken_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// Adds an import that waits to be taken.
pub async fn insert(tx: &DatabaseTransaction, it: &ExampleImport, by: AccountId) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        file_name: it.file_name.clone(),
        content: it.content.clone(),
        created_by: by.0,
        created_at: it.created_at,
        taken_at: it.taken_at,
        undone_at: it.undone_at,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: ExampleImportId) -> Result<Option<ExampleImport>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(from_row))
}

/// Returns an import as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: ExampleImportId) -> Result<Option<ExampleImport>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row))
}

/// Returns the imports that were made last, newest first.
pub async fn newest(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<ExampleImport>, DbErr> {
    let rows = row::Entity::find().order_by_desc(row::COLUMN.created_at).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Returns the number of publications that came of an import.
pub async fn count(db: &impl ConnectionTrait, id: ExampleImportId) -> Result<u64, DbErr> {
    of(id).count(db).await
}

/// Returns the publications that came of an import.
pub async fn entries(db: &impl ConnectionTrait, id: ExampleImportId) -> Result<Vec<PublicationId>, DbErr> {
    let rows = of(id).all(db).await?;
    Ok(rows.into_iter().map(|it| PublicationId(it.publication_id)).collect())
}

/// Records that a publication came of an import.
pub async fn add_entry(
    tx: &DatabaseTransaction,
    import: ExampleImportId,
    publication: PublicationId,
) -> Result<(), DbErr> {
    let entry = example_import_entry::Model { publication_id: publication.0, import_id: import.0 };
    example_import_entry::Entity::insert(entry.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Records that an import was taken, and forgets its text.
pub async fn mark_taken(
    tx: &DatabaseTransaction,
    id: ExampleImportId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
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
    id: ExampleImportId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::UndoneAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a draft, which only editors have read.
pub async fn delete_draft(tx: &DatabaseTransaction, id: PublicationId) -> Result<(), DbErr> {
    example_import_entry::Entity::delete_by_id(id.0).exec(tx).await?;
    let of_draft = link_check::COLUMN.publication_id.eq(id.0);
    link_check::Entity::delete_many().filter(of_draft).exec(tx).await?;
    super::picture::delete_of(tx, id).await?;
    let of_draft = publication_revision::COLUMN.publication_id.eq(id.0);
    publication_revision::Entity::delete_many().filter(of_draft).exec(tx).await?;
    publication::Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}

/// Deletes the imports from before `before` that were not taken. Returns how many there were.
pub async fn delete_waiting(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let deleted = row::Entity::delete_many()
        .filter(row::COLUMN.created_at.lt(before))
        .filter(Expr::col(row::Column::TakenAt).is_null())
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

fn of(id: ExampleImportId) -> sea_orm::Select<example_import_entry::Entity> {
    example_import_entry::Entity::find().filter(example_import_entry::COLUMN.import_id.eq(id.0))
}

fn from_row(row: row::Model) -> ExampleImport {
    ExampleImport {
        id: ExampleImportId(row.id),
        file_name: row.file_name,
        content: row.content,
        created_at: row.created_at,
        taken_at: row.taken_at,
        undone_at: row.undone_at,
    }
}
