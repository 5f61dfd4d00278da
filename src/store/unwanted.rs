//! What people who sign in do not want to be sent.
use domain::{id::AccountId, outgoing::topic::Topic};
use entity::{account, unwanted_mail as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::OnConflict,
};

use super::unless_there;

/// The topics that somebody does without.
pub async fn of(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<Topic>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.account_id.eq(id.0)).all(db).await?;
    Ok(rows.iter().filter_map(|it| Topic::from_code(&it.topic)).collect())
}

/// Whether whoever signs in with this address does without the topic.
pub async fn is_unwanted(db: &impl ConnectionTrait, address: &str, topic: Topic) -> Result<bool, DbErr> {
    let reader = account::Entity::find().filter(account::COLUMN.email_key.eq(address.to_lowercase()));
    let Some(reader) = reader.one(db).await? else { return Ok(false) };
    Ok(row::Entity::find_by_id((reader.id, topic.code().to_owned())).one(db).await?.is_some())
}

/// Stops a topic, or has it sent again.
pub async fn set(
    tx: &DatabaseTransaction,
    id: AccountId,
    topic: Topic,
    is_wanted: bool,
) -> Result<(), DbErr> {
    if is_wanted {
        row::Entity::delete_by_id((id.0, topic.code().to_owned())).exec(tx).await?;
        return Ok(());
    }
    let unwanted = row::Model { account_id: id.0, topic: topic.code().to_owned() };
    let written = row::Entity::insert(unwanted.into_active_model())
        .on_conflict(
            OnConflict::columns([row::Column::AccountId, row::Column::Topic]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await;
    unless_there(written)?;
    Ok(())
}
