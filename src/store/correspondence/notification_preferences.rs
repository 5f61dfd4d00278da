//! Notification preferences: the topics that people who sign in do not want to be sent.
use std::collections::HashSet;

use domain::{correspondence::outgoing_mail::topic::NotificationTopic, id::AccountId};
use entity::{Coded, account, notification_opt_out as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QuerySelect, sea_query::OnConflict,
};

use crate::store::rows_inserted;

/// Returns the topics that an account does not want.
pub async fn opt_outs_of(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<NotificationTopic>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.account_id.eq(id.0)).all(db).await?;
    Ok(rows.iter().filter_map(|it| it.topic.known()).collect())
}

/// Returns the topics that the accounts with these addresses, given in lower case, do not want.
pub async fn opt_outs_among(
    db: &impl ConnectionTrait,
    addresses: Vec<String>,
) -> Result<HashSet<(String, NotificationTopic)>, DbErr> {
    if addresses.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(String, Coded<NotificationTopic>)> = row::Entity::find()
        .select_only()
        .column(account::Column::EmailKey)
        .column(row::Column::Topic)
        .join(
            JoinType::InnerJoin,
            row::Entity::belongs_to(account::Entity)
                .from(row::Column::AccountId)
                .to(account::Column::Id)
                .into(),
        )
        .filter(account::COLUMN.email_key.is_in(addresses))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(address, topic)| Some((address, topic.known()?))).collect())
}

/// Saves whether an account wants a topic.
pub async fn set(
    tx: &DatabaseTransaction,
    id: AccountId,
    topic: NotificationTopic,
    is_wanted: bool,
) -> Result<(), DbErr> {
    if is_wanted {
        row::Entity::delete_by_id((id.0, Coded::Known(topic))).exec(tx).await?;
        return Ok(());
    }
    let opt_out = row::Model { account_id: id.0, topic: topic.into() };
    let written = row::Entity::insert(opt_out.into_active_model())
        .on_conflict(
            OnConflict::columns([row::Column::AccountId, row::Column::Topic]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await;
    rows_inserted(written)?;
    Ok(())
}
