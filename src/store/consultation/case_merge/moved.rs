//! The rows of an absorbed case on which the center works: they go to the kept case and come back if the merge is undone.
use domain::id::{ConsultationId, MessageId};
use entity::{case_tag, message_draft, task};
use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::correspondence::message;

/// The rows that went to the kept case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedRows {
    pub tasks: Vec<Uuid>,
    /// The tags that the kept case did not have.
    pub tags: Vec<String>,
    pub drafts: Vec<MovedDraft>,
    /// The messages that a split had moved, if the merge undoes it.
    #[serde(default)]
    pub messages: Vec<Uuid>,
}

/// The writer of a draft, and the form in which it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDraft {
    pub writer: String,
    pub form: String,
}

/// Gives the tasks, tags and drafts of the absorbed case to the kept one. A draft stays where it is if its writer has one
/// for the kept case, and the absorbed case keeps its tags.
pub async fn hand_over(
    tx: &DatabaseTransaction,
    absorbed: ConsultationId,
    kept: ConsultationId,
) -> Result<MovedRows, DbErr> {
    let tasks: Vec<Uuid> = task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::COLUMN.consultation_id.eq(absorbed.0))
        .into_tuple()
        .all(tx)
        .await?;
    move_tasks(tx, &tasks, kept).await?;
    let has = tags(tx, kept).await?;
    let tags: Vec<_> = tags(tx, absorbed).await?.into_iter().filter(|it| !has.contains(it)).collect();
    let new = tags.iter().map(|it| case_tag::Model { consultation_id: kept.0, tag: it.clone() });
    let new: Vec<_> = new.map(IntoActiveModel::into_active_model).collect();
    if !new.is_empty() {
        case_tag::Entity::insert_many(new).exec_without_returning(tx).await?;
    }
    let has = drafts(tx, kept).await?;
    let drafts: Vec<_> = drafts(tx, absorbed).await?.into_iter().filter(|it| !has.contains(it)).collect();
    move_drafts(tx, &drafts, absorbed, kept).await?;
    Ok(MovedRows { tasks, tags, drafts, messages: Vec::new() })
}

/// Gives the rows back to the absorbed case, as far as they are still with the kept one.
pub async fn give_back(
    tx: &DatabaseTransaction,
    moved: &MovedRows,
    kept: ConsultationId,
    absorbed: ConsultationId,
) -> Result<(), DbErr> {
    move_tasks(tx, &moved.tasks, absorbed).await?;
    let messages: Vec<_> = moved.messages.iter().copied().map(MessageId).collect();
    message::move_to(tx, kept, absorbed, &messages).await?;
    if !moved.tags.is_empty() {
        case_tag::Entity::delete_many()
            .filter(case_tag::COLUMN.consultation_id.eq(kept.0))
            .filter(case_tag::COLUMN.tag.is_in(moved.tags.iter().map(String::as_str)))
            .exec(tx)
            .await?;
    }
    let has = drafts(tx, absorbed).await?;
    let drafts: Vec<_> = moved.drafts.iter().filter(|it| !has.contains(it)).cloned().collect();
    move_drafts(tx, &drafts, kept, absorbed).await
}

async fn move_tasks(tx: &DatabaseTransaction, ids: &[Uuid], to: ConsultationId) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    task::Entity::update_many()
        .col_expr(task::Column::ConsultationId, Expr::value(to.0))
        .filter(task::COLUMN.id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn move_drafts(
    tx: &DatabaseTransaction,
    drafts: &[MovedDraft],
    from: ConsultationId,
    to: ConsultationId,
) -> Result<(), DbErr> {
    for it in drafts {
        message_draft::Entity::update_many()
            .col_expr(message_draft::Column::ConsultationId, Expr::value(to.0))
            .filter(message_draft::COLUMN.consultation_id.eq(from.0))
            .filter(message_draft::COLUMN.writer.eq(it.writer.as_str()))
            .filter(message_draft::COLUMN.form.eq(it.form.as_str()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

async fn tags(tx: &DatabaseTransaction, id: ConsultationId) -> Result<Vec<String>, DbErr> {
    let rows = case_tag::Entity::find().filter(case_tag::COLUMN.consultation_id.eq(id.0)).all(tx).await?;
    Ok(rows.into_iter().map(|it| it.tag).collect())
}

async fn drafts(tx: &DatabaseTransaction, id: ConsultationId) -> Result<Vec<MovedDraft>, DbErr> {
    let rows =
        message_draft::Entity::find().filter(message_draft::COLUMN.consultation_id.eq(id.0)).all(tx).await?;
    Ok(rows.into_iter().map(|it| MovedDraft { writer: it.writer, form: it.form }).collect())
}
