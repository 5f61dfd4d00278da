//! Telework months: what of them decides about registrations, and the registrations.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{calendar::at_japan, id::PublicationId};
use entity::campaign as row;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::due_keys;

pub mod list;
pub mod outreach;
pub mod registration;
pub mod statistics;

/// A telework month as it was published last, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: PublicationId,
    /// The number in the public address.
    pub year: i32,
    pub title: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub opens_on: NaiveDate,
    pub closes_on: NaiveDate,
    /// The revision of the publication with which the present rules were published first.
    pub rules_revision: i32,
    /// The number of the registration that was approved last.
    pub last_number: i32,
    pub reminded_at: Option<DateTime<Utc>>,
    pub erased_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
}

impl Campaign {
    /// Returns whether registrations are taken at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        at_japan(self.opens_on, 0, 0) <= now && now < at_japan(self.closes_on, 24, 0)
    }

    /// Returns the instant at which the period ends.
    pub fn ends_at(&self) -> DateTime<Utc> {
        at_japan(self.ends_on, 24, 0)
    }
}

pub async fn find(db: &impl ConnectionTrait, id: PublicationId) -> Result<Option<Campaign>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).one(db).await?.map(from_row))
}

/// Returns a telework month as `find` does, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PublicationId) -> Result<Option<Campaign>, DbErr> {
    Ok(row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row))
}

/// Returns all telework months, the latest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Campaign>, DbErr> {
    let rows = row::Entity::find().order_by_desc(row::COLUMN.year).all(db).await?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Returns the telework month of a year.
pub async fn of_year(db: &impl ConnectionTrait, year: i32) -> Result<Option<Campaign>, DbErr> {
    Ok(row::Entity::find().filter(row::COLUMN.year.eq(year)).one(db).await?.map(from_row))
}

pub async fn insert(tx: &DatabaseTransaction, it: &Campaign) -> Result<(), DbErr> {
    row::Entity::insert(to_row(it).into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save(tx: &DatabaseTransaction, it: &Campaign) -> Result<(), DbErr> {
    let changed =
        row::ActiveModel { publication_id: Set(it.id.0), ..to_row(it).into_active_model().reset_all() };
    row::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Returns up to `limit` telework months whose next step is due at `now`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due_keys(db, row::Entity::find(), (row::Column::PublicationId, row::Column::DueAt), now, except, limit)
        .await
}

fn to_row(it: &Campaign) -> row::Model {
    row::Model {
        publication_id: it.id.0,
        year: it.year,
        title: it.title.clone(),
        starts_on: it.starts_on,
        ends_on: it.ends_on,
        opens_on: it.opens_on,
        closes_on: it.closes_on,
        rules_revision: it.rules_revision,
        last_number: it.last_number,
        reminded_at: it.reminded_at,
        erased_at: it.erased_at,
        due_at: it.due_at,
    }
}

fn from_row(row: row::Model) -> Campaign {
    Campaign {
        id: PublicationId(row.publication_id),
        year: row.year,
        title: row.title,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        opens_on: row.opens_on,
        closes_on: row.closes_on,
        rules_revision: row.rules_revision,
        last_number: row.last_number,
        reminded_at: row.reminded_at,
        erased_at: row.erased_at,
        due_at: row.due_at,
    }
}
