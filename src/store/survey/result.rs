//! The published results of surveys. They are kept as they were published.
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, PublicationId},
    survey::PublishedResult,
};
use entity::survey_result as row;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};

use crate::store::contradiction;

/// The results of a survey, with the time at which they were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyResults {
    pub at: DateTime<Utc>,
    pub questions: Vec<PublishedResult>,
}

/// Returns the published results of a survey; `None` if there are none.
pub async fn find(db: &impl ConnectionTrait, survey: PublicationId) -> Result<Option<SurveyResults>, DbErr> {
    let Some(row) = row::Entity::find_by_id(survey.0).one(db).await? else { return Ok(None) };
    let questions = serde_json::from_value(row.content);
    let questions = questions.map_err(|err| contradiction(row::Entity, row.publication_id, &err))?;
    Ok(Some(SurveyResults { at: row.published_at, questions }))
}

pub async fn insert(
    tx: &DatabaseTransaction,
    survey: PublicationId,
    questions: &[PublishedResult],
    (by, now): (AccountId, DateTime<Utc>),
) -> Result<(), DbErr> {
    let content = serde_json::to_value(questions).map_err(|err| DbErr::Type(err.to_string()))?;
    let model = row::Model { publication_id: survey.0, published_at: now, published_by: by.0, content };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Removes the results. Returns whether there were any.
pub async fn remove(tx: &DatabaseTransaction, survey: PublicationId) -> Result<bool, DbErr> {
    Ok(row::Entity::delete_by_id(survey.0).exec(tx).await?.rows_affected > 0)
}
