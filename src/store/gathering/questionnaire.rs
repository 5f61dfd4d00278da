//! The answers to the questionnaire after an event. No page shows whose they are.
use chrono::{DateTime, Utc};
use domain::{
    gathering::{NextStep, Usefulness},
    id::{PublicationId, SignUpId},
};
use entity::{questionnaire_answer as row, sign_up};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::OnConflict,
};

use crate::store::known;

/// The answers of one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionnaireAnswer {
    pub usefulness: Usefulness,
    pub next_step: NextStep,
    pub comment: Option<String>,
}

/// Saves the answers of a participant, in place of earlier ones.
pub async fn save(
    tx: &DatabaseTransaction,
    of: SignUpId,
    it: &QuestionnaireAnswer,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        sign_up_id: of.0,
        usefulness: it.usefulness.into(),
        next_step: it.next_step.into(),
        comment: it.comment.clone(),
        answered_at: now,
    };
    let changed =
        [row::Column::Usefulness, row::Column::NextStep, row::Column::Comment, row::Column::AnsweredAt];
    row::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::column(row::Column::SignUpId).update_columns(changed).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Returns the answers of a participant.
pub async fn find(db: &impl ConnectionTrait, of: SignUpId) -> Result<Option<QuestionnaireAnswer>, DbErr> {
    row::Entity::find_by_id(of.0).one(db).await?.map(from_row).transpose()
}

/// Returns all answers after an event, the latest first.
pub async fn of_event(
    db: &impl ConnectionTrait,
    event: PublicationId,
) -> Result<Vec<QuestionnaireAnswer>, DbErr> {
    let own = sign_up::Entity::find()
        .select_only()
        .column(sign_up::Column::Id)
        .filter(sign_up::COLUMN.publication_id.eq(event.0))
        .into_query();
    let rows = row::Entity::find()
        .filter(sea_orm::ColumnTrait::in_subquery(&row::Column::SignUpId, own))
        .order_by_desc(row::COLUMN.answered_at)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

fn from_row(row: row::Model) -> Result<QuestionnaireAnswer, DbErr> {
    Ok(QuestionnaireAnswer {
        usefulness: known(&row.usefulness, row::Column::Usefulness, row.sign_up_id)?,
        next_step: known(&row.next_step, row::Column::NextStep, row.sign_up_id)?,
        comment: row.comment,
    })
}
