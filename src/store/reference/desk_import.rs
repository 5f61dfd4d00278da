//! The files of desks that administrators import, until they are taken.
use chrono::{DateTime, Utc};
use domain::id::{AccountId, DeskImportId};
use entity::desk_import as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QuerySelect, sea_query::Expr,
};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskImport {
    pub id: DeskImportId,
    pub file_name: String,
    /// The text of the file; empty once it was taken.
    pub content: String,
    pub created_at: DateTime<Utc>,
    pub taken_at: Option<DateTime<Utc>>,
}

/// Adds a file that waits to be taken.
pub async fn insert(tx: &DatabaseTransaction, it: &DeskImport, by: AccountId) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        file_name: it.file_name.clone(),
        content: it.content.clone(),
        created_by: by.0,
        created_at: it.created_at,
        taken_at: it.taken_at,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: DeskImportId) -> Result<Option<DeskImport>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(from_row))
}

/// Returns a file as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: DeskImportId) -> Result<Option<DeskImport>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row))
}

/// Records that a file was taken, and forgets its text.
pub async fn mark_taken(tx: &DatabaseTransaction, id: DeskImportId, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::TakenAt, Expr::value(now))
        .col_expr(row::Column::Content, Expr::value(""))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the files that were not taken and are older than `before`.
pub async fn delete_waiting(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.created_at.lt(before))
        .filter(Expr::col(row::Column::TakenAt).is_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn from_row(row: row::Model) -> DeskImport {
    DeskImport {
        id: DeskImportId(row.id),
        file_name: row.file_name,
        content: row.content,
        created_at: row.created_at,
        taken_at: row.taken_at,
    }
}
