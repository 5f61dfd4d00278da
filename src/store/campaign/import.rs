//! Imports of registrations: the files, until an editor has seen what they contain.
use chrono::{DateTime, Utc};
use domain::id::{AccountId, PublicationId, RegistrationImportId};
use entity::registration_import as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationImport {
    pub id: RegistrationImportId,
    pub campaign: PublicationId,
    pub file_name: String,
    /// The text of the file; empty once it was taken.
    pub content: String,
    pub created_by: AccountId,
    pub created_at: DateTime<Utc>,
    pub taken_at: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

pub async fn insert(tx: &DatabaseTransaction, it: &RegistrationImport) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &RegistrationImport) -> Result<(), DbErr> {
    let changed = row::ActiveModel { id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

pub async fn find(
    db: &impl ConnectionTrait,
    id: RegistrationImportId,
) -> Result<Option<RegistrationImport>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(from_row))
}

/// Returns the imports into a telework month that were made last, newest first.
pub async fn newest(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    limit: u64,
) -> Result<Vec<RegistrationImport>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(campaign.0))
        .order_by_desc(row::COLUMN.created_at)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Deletes the imports from before `before` that were not taken.
pub async fn delete_waiting(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.created_at.lt(before))
        .filter(row::COLUMN.taken_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn to_row(it: &RegistrationImport) -> row::Model {
    row::Model {
        id: it.id.0,
        publication_id: it.campaign.0,
        file_name: it.file_name.clone(),
        content: it.content.clone(),
        created_by: it.created_by.0,
        created_at: it.created_at,
        taken_at: it.taken_at,
        undone_at: it.undone_at,
    }
}

fn from_row(row: row::Model) -> RegistrationImport {
    RegistrationImport {
        id: RegistrationImportId(row.id),
        campaign: PublicationId(row.publication_id),
        file_name: row.file_name,
        content: row.content,
        created_by: AccountId(row.created_by),
        created_at: row.created_at,
        taken_at: row.taken_at,
        undone_at: row.undone_at,
    }
}
