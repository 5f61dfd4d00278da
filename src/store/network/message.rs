//! The words of both sides of a question.
use chrono::{DateTime, Utc};
use domain::{id::NetworkQuestionId, network::NetworkSide};
use entity::network_message as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::store::known;

/// Words of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkMessage {
    pub side: NetworkSide,
    pub words: String,
    pub at: DateTime<Utc>,
}

/// Returns the words about a question, the oldest first.
pub async fn of(db: &impl ConnectionTrait, id: NetworkQuestionId) -> Result<Vec<NetworkMessage>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.question_id.eq(id.0))
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    let read = |it: row::Model| {
        let side = known(&it.side, row::Column::Side, it.id)?;
        Ok(NetworkMessage { side, words: it.words, at: it.created_at })
    };
    rows.into_iter().map(read).collect()
}

pub async fn insert(
    tx: &DatabaseTransaction,
    id: NetworkQuestionId,
    side: NetworkSide,
    words: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        id: Uuid::now_v7(),
        question_id: id.0,
        side: side.into(),
        words: words.to_owned(),
        created_at: now,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Deletes the words about a question whose time is over.
pub async fn delete_of(tx: &DatabaseTransaction, id: NetworkQuestionId) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.question_id.eq(id.0)).exec(tx).await?;
    Ok(())
}
