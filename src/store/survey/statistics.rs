//! The counts of the surveys that are answered here, and of the reports of doubtful requests.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::survey::{SurveyChannel, SurveyCount, SurveyResponseStatus};
use entity::{doubt, survey, survey_code, survey_response};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use crate::store::known;

/// The counts of the surveys that took their last answers in a time, and of the requests that were reported in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveyStatistics {
    /// Each of the surveys.
    pub closed: Vec<SurveyCount>,
    /// The reports of doubtful requests by the way in which the request came.
    pub doubts: Vec<(SurveyChannel, u64)>,
}

/// Counts what ended from `from` until `until` and is over at `now`, and the reports of that time.
pub async fn of(
    db: &impl ConnectionTrait,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<SurveyStatistics, DbErr> {
    let closed = || {
        survey::Entity::find()
            .filter(survey::COLUMN.closes_at.gte(from))
            .filter(survey::COLUMN.closes_at.lt(until))
            .filter(survey::COLUMN.closes_at.lte(now))
    };
    let ids =
        || -> SelectStatement { closed().select_only().column(survey::Column::PublicationId).into_query() };
    let given = survey_response::Entity::find()
        .filter(survey_response::COLUMN.status.eq(SurveyResponseStatus::Given.code()))
        .filter(survey_response::Column::PublicationId.in_subquery(ids()));
    let unused = survey_code::Entity::find()
        .filter(survey_code::COLUMN.used_at.is_null())
        .filter(survey_code::Column::PublicationId.in_subquery(ids()));
    let responses = by_survey(db, given, survey_response::Column::PublicationId).await?;
    let unused_codes = by_survey(db, unused, survey_code::Column::PublicationId).await?;
    let surveys: Vec<Uuid> =
        closed().select_only().column(survey::Column::PublicationId).into_tuple().all(db).await?;
    let count = |id: &Uuid| SurveyCount {
        responses: responses.get(id).copied().unwrap_or_default(),
        unused_codes: unused_codes.get(id).copied().unwrap_or_default(),
    };
    let closed = surveys.iter().map(count).collect();
    Ok(SurveyStatistics { closed, doubts: doubts(db, (from, until)).await? })
}

/// Counts rows by the survey to which they belong.
async fn by_survey<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    survey: E::Column,
) -> Result<BTreeMap<Uuid, u64>, DbErr> {
    let counted: Vec<(Uuid, i64)> = rows
        .select_only()
        .column(survey)
        .column_as(survey.count(), "n")
        .group_by(survey)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counted.into_iter().map(|(id, n)| (id, u64::try_from(n).unwrap_or_default())).collect())
}

async fn doubts(
    db: &impl ConnectionTrait,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<(SurveyChannel, u64)>, DbErr> {
    let rows: Vec<(entity::Coded<SurveyChannel>, i64)> = doubt::Entity::find()
        .select_only()
        .column(doubt::Column::Channel)
        .column_as(Expr::col(doubt::Column::Id).count(), "n")
        .filter(doubt::COLUMN.created_at.gte(from))
        .filter(doubt::COLUMN.created_at.lt(until))
        .group_by(doubt::Column::Channel)
        .into_tuple()
        .all(db)
        .await?;
    let count = |(channel, n): (entity::Coded<SurveyChannel>, i64)| {
        Ok((known(&channel, doubt::Column::Channel, "counted")?, u64::try_from(n).unwrap_or_default()))
    };
    rows.into_iter().map(count).collect()
}
