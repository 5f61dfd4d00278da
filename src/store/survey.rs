//! Surveys whose questions are answered here: what of them decides about answers, their codes and recipients, the
//! answers; and the reports of doubtful requests.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::PublicationId,
    survey::{SurveyAccess, SurveyTimes},
};
use entity::survey as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QuerySelect,
};
use uuid::Uuid;

use crate::store::{due_keys, known};

pub mod code;
pub mod doubt;
pub mod member;
pub mod recipient;
pub mod response;
pub mod result;
pub mod statistics;

/// A survey whose questions are answered here, as it was published last, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    pub id: PublicationId,
    /// The number in the public address.
    pub number: i32,
    pub title: String,
    pub access: SurveyAccess,
    pub opens_at: DateTime<Utc>,
    /// The last day on which answers are taken.
    pub closes_on: NaiveDate,
    /// The instant after which none is taken: the end of that day, or of the publication.
    pub closes_at: DateTime<Utc>,
    pub reminded_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
    pub texts_erased_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
}

impl Survey {
    /// Returns whether answers are taken at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opens_at <= now && now < self.closes_at
    }

    /// Returns the times that decide about the next step.
    pub const fn times(&self) -> SurveyTimes {
        SurveyTimes {
            closes_on: self.closes_on,
            closes_at: self.closes_at,
            is_reminded: self.reminded_at.is_some(),
            is_closed: self.closed_at.is_some(),
            is_erased: self.erased_at.is_some(),
            are_texts_erased: self.texts_erased_at.is_some(),
        }
    }
}

pub async fn find(db: &impl ConnectionTrait, id: PublicationId) -> Result<Option<Survey>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns a survey as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PublicationId) -> Result<Option<Survey>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

pub async fn insert(tx: &DatabaseTransaction, it: &Survey) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Survey) -> Result<(), DbErr> {
    let changed =
        row::ActiveModel { publication_id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Returns up to `limit` surveys whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::PublicationId, row::Column::DueAt), now, except, limit)
        .await
}

fn to_row(it: &Survey) -> row::Model {
    row::Model {
        publication_id: it.id.0,
        number: it.number,
        title: it.title.clone(),
        access: it.access.into(),
        opens_at: it.opens_at,
        closes_on: it.closes_on,
        closes_at: it.closes_at,
        reminded_at: it.reminded_at,
        closed_at: it.closed_at,
        erased_at: it.erased_at,
        texts_erased_at: it.texts_erased_at,
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Result<Survey, DbErr> {
    Ok(Survey {
        id: PublicationId(row.publication_id),
        number: row.number,
        access: known(&row.access, row::Column::Access, row.publication_id)?,
        title: row.title,
        opens_at: row.opens_at,
        closes_on: row.closes_on,
        closes_at: row.closes_at,
        reminded_at: row.reminded_at,
        closed_at: row.closed_at,
        erased_at: row.erased_at,
        texts_erased_at: row.texts_erased_at,
        due_at: row.due_at,
    })
}
