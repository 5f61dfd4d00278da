//! Reply templates: texts that coordinators begin their messages from.
use chrono::{DateTime, Utc};
use domain::id::{AccountId, ReplyTemplateId};
use entity::reply_template as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTemplate {
    pub id: ReplyTemplateId,
    /// The name, which is unique.
    pub name: String,
    /// The text, with variables in braces.
    pub body: String,
}

/// Returns all templates, by name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<ReplyTemplate>, DbErr> {
    let rows = row::Entity::find().order_by_asc(row::COLUMN.name).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|it| ReplyTemplate { id: ReplyTemplateId(it.id), name: it.name, body: it.body })
        .collect())
}

/// Saves a new or changed template.
pub async fn save(
    tx: &DatabaseTransaction,
    it: &ReplyTemplate,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        name: it.name.clone(),
        body: it.body.clone(),
        updated_by: by.0,
        updated_at: now,
    };
    let changed = [row::Column::Name, row::Column::Body, row::Column::UpdatedBy, row::Column::UpdatedAt];
    let again = OnConflict::column(row::Column::Id).update_columns(changed).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn remove(tx: &DatabaseTransaction, id: ReplyTemplateId) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}
