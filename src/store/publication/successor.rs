//! The pages that ended publications lead to.
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, PublicationId},
    publication::news::WebAddress,
};
use entity::publication_successor as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, Iterable,
    sea_query::OnConflict,
};

use crate::store::contradiction;

pub async fn find(db: &impl ConnectionTrait, id: PublicationId) -> Result<Option<WebAddress>, DbErr> {
    let found = row::Entity::find_by_id(id.0).one(db).await?;
    let read = |it: row::Model| {
        WebAddress::parse(&it.address).map_err(|err| contradiction(row::Entity, it.publication_id, err))
    };
    found.map(read).transpose()
}

/// Saves the page, in place of an earlier one.
pub async fn save(
    tx: &DatabaseTransaction,
    id: PublicationId,
    address: &WebAddress,
    (by, now): (AccountId, DateTime<Utc>),
) -> Result<(), DbErr> {
    let model = row::Model {
        publication_id: id.0,
        address: address.as_str().to_owned(),
        saved_by: by.0,
        saved_at: now,
    };
    let again = OnConflict::column(row::Column::PublicationId).update_columns(row::Column::iter()).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn remove(tx: &DatabaseTransaction, id: PublicationId) -> Result<(), DbErr> {
    row::Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}
