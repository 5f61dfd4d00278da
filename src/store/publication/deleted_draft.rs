//! The record of the drafts that editors have deleted.
use chrono::{DateTime, Utc};
use domain::{
    id::AccountId,
    publication::{Publication, PublicationKind},
};
use entity::{account, deleted_draft as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

/// One deleted draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedDraft {
    /// The number that its address would have had.
    pub number: i32,
    pub revisions: i32,
    /// The name of the editor.
    pub by: String,
    pub at: DateTime<Utc>,
}

/// Records that a draft was deleted.
pub async fn insert(
    tx: &DatabaseTransaction,
    it: &Publication,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        publication_id: it.id.0,
        kind: it.kind().into(),
        number: it.number,
        revisions: it.revision,
        deleted_by: by.0,
        deleted_at: now,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the drafts of a kind that were deleted last, at most `limit`, newest first.
pub async fn newest(
    db: &impl ConnectionTrait,
    kind: PublicationKind,
    limit: u64,
) -> Result<Vec<DeletedDraft>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.kind.eq(kind.code()))
        .order_by_desc(row::COLUMN.deleted_at)
        .limit(limit)
        .all(db)
        .await?;
    let ids = rows.iter().map(|it| it.deleted_by);
    let editors = account::Entity::find().filter(account::COLUMN.id.is_in(ids)).all(db).await?;
    let name = |id| editors.iter().find(|it| it.id == id).map(|it| it.name.clone()).unwrap_or_default();
    let drafts = rows.into_iter().map(|it| DeletedDraft {
        number: it.number,
        revisions: it.revisions,
        by: name(it.deleted_by),
        at: it.deleted_at,
    });
    Ok(drafts.collect())
}
