//! The answers to a survey. Given answers are new rows without a code and without a time, in the order of random ids.
use chrono::{DateTime, Utc};
use domain::{
    id::{PublicationId, SurveyCodeId, SurveyResponseId},
    survey::{SurveyAnswers, SurveyResponseStatus},
};
use entity::survey_response as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::store::contradiction;

/// Answers that can be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunResponse {
    pub id: SurveyResponseId,
    pub survey: PublicationId,
    pub code: Option<SurveyCodeId>,
    pub answers: SurveyAnswers,
}

pub async fn find(db: &impl ConnectionTrait, id: SurveyResponseId) -> Result<Option<BegunResponse>, DbErr> {
    begun().filter(row::COLUMN.id.eq(id.0)).one(db).await?.map(|it| from_row(&it)).transpose()
}

/// Returns answers as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: SurveyResponseId) -> Result<Option<BegunResponse>, DbErr> {
    begun()
        .filter(row::COLUMN.id.eq(id.0))
        .lock_exclusive()
        .one(tx)
        .await?
        .map(|it| from_row(&it))
        .transpose()
}

/// Returns the answers that were begun with a code.
pub async fn of_code(db: &impl ConnectionTrait, code: SurveyCodeId) -> Result<Option<BegunResponse>, DbErr> {
    begun().filter(row::COLUMN.code_id.eq(code.0)).one(db).await?.map(|it| from_row(&it)).transpose()
}

pub async fn insert(tx: &DatabaseTransaction, it: &BegunResponse, now: DateTime<Utc>) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        publication_id: it.survey.0,
        status: SurveyResponseStatus::Begun.into(),
        code_id: it.code.map(|it| it.0),
        answers: written(&it.answers)?,
        saved_at: Some(now),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &BegunResponse, now: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Answers, Expr::value(written(&it.answers)?))
        .col_expr(row::Column::SavedAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(it.id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Replaces begun answers by given ones under a new id, which nothing joins to the person.
pub async fn give(
    tx: &DatabaseTransaction,
    begun: &BegunResponse,
    new: SurveyResponseId,
    answers: &SurveyAnswers,
) -> Result<(), DbErr> {
    row::Entity::delete_by_id(begun.id.0).exec(tx).await?;
    let model = row::Model {
        id: new.0,
        publication_id: begun.survey.0,
        status: SurveyResponseStatus::Given.into(),
        code_id: None,
        answers: written(answers)?,
        saved_at: None,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns all given answers to a survey, in an order that says nothing.
pub async fn given(db: &impl ConnectionTrait, survey: PublicationId) -> Result<Vec<SurveyAnswers>, DbErr> {
    let rows = of(survey, SurveyResponseStatus::Given).order_by_asc(row::COLUMN.id).all(db).await?;
    rows.iter().map(answers).collect()
}

/// Counts the answers to a survey in this state.
pub async fn count(
    db: &impl ConnectionTrait,
    survey: PublicationId,
    status: SurveyResponseStatus,
) -> Result<u64, DbErr> {
    of(survey, status).count(db).await
}

/// Deletes the answers to a survey that were never given.
pub async fn delete_unfinished(tx: &DatabaseTransaction, survey: PublicationId) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .filter(row::COLUMN.status.eq(SurveyResponseStatus::Begun.code()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes answers that were never given and saved last before `before`. Returns their number.
pub async fn delete_idle(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let deleted = row::Entity::delete_many()
        .filter(row::COLUMN.status.eq(SurveyResponseStatus::Begun.code()))
        .filter(Expr::col(row::Column::SavedAt).lt(before))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected)
}

/// Erases the answers in words of a survey. Choices and numbers stay.
pub async fn erase_texts(tx: &DatabaseTransaction, survey: PublicationId) -> Result<(), DbErr> {
    for it in of(survey, SurveyResponseStatus::Given).all(tx).await? {
        let left = answers(&it)?.without_texts();
        row::Entity::update_many()
            .col_expr(row::Column::Answers, Expr::value(written(&left)?))
            .filter(row::COLUMN.id.eq(it.id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

fn begun() -> Select<row::Entity> {
    row::Entity::find().filter(row::COLUMN.status.eq(SurveyResponseStatus::Begun.code()))
}

fn of(survey: PublicationId, status: SurveyResponseStatus) -> Select<row::Entity> {
    row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .filter(row::COLUMN.status.eq(status.code()))
}

fn written(answers: &SurveyAnswers) -> Result<String, DbErr> {
    serde_json::to_string(answers).map_err(|err| DbErr::Json(err.to_string()))
}

fn answers(row: &row::Model) -> Result<SurveyAnswers, DbErr> {
    serde_json::from_str(&row.answers).map_err(|err| contradiction(row::Entity, row.id, &err))
}

fn from_row(row: &row::Model) -> Result<BegunResponse, DbErr> {
    Ok(BegunResponse {
        id: SurveyResponseId(row.id),
        survey: PublicationId(row.publication_id),
        code: row.code_id.map(SurveyCodeId),
        answers: answers(row)?,
    })
}
