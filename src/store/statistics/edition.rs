//! The editions of the statistics: the counts of a month, frozen when it was closed, and their release.
use chrono::{DateTime, Utc};
use domain::{
    id::AccountId,
    statistics::{figures::EditionContent, month::EditionMonth},
    text::Prose,
};
use entity::{consultation, edition_release, statistics_edition as row};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::store::{contradiction, rows_inserted};

/// The counts of a month as they were when it was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    pub month: EditionMonth,
    pub closed_at: DateTime<Utc>,
    pub content: EditionContent,
}

/// The release of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionRelease {
    pub month: EditionMonth,
    /// The time until which the center can comment. The edition is released then by itself.
    pub comment_until: DateTime<Utc>,
    pub comment: Option<EditionComment>,
    pub released_at: Option<DateTime<Utc>>,
    /// The person who released it; `None` if it was released by itself.
    pub released_by: Option<AccountId>,
    pub version: i32,
}

/// The center's comment on an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionComment {
    pub text: String,
    pub by: Option<AccountId>,
    pub at: DateTime<Utc>,
}

/// Returns the time at which the first consultation was received.
pub async fn first_receipt(db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::ReceivedAt)
        .order_by_asc(consultation::Column::ReceivedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await
}

/// Returns the last month that is closed.
pub async fn last_month(db: &impl ConnectionTrait) -> Result<Option<EditionMonth>, DbErr> {
    let month: Option<String> = row::Entity::find()
        .select_only()
        .column(row::Column::Month)
        .order_by_desc(row::Column::Month)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    month.map(|it| known_month(&it)).transpose()
}

/// Adds an edition with its release. Returns whether it is the first of its month; otherwise nothing changes.
pub async fn insert(
    tx: &DatabaseTransaction,
    it: &Edition,
    comment_until: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let content = serde_json::to_value(&it.content).map_err(|err| DbErr::Type(err.to_string()))?;
    let model = row::Model { month: it.month.code(), closed_at: it.closed_at, content };
    let written = row::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::column(row::Column::Month).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    if rows_inserted(written)? == 0 {
        return Ok(false);
    }
    let release = edition_release::Model {
        month: it.month.code(),
        comment_until,
        comment: None,
        commented_by: None,
        commented_at: None,
        released_at: None,
        released_by: None,
        version: 1,
    };
    edition_release::Entity::insert(release.into_active_model()).exec_without_returning(tx).await?;
    Ok(true)
}

pub async fn find(db: &impl ConnectionTrait, month: EditionMonth) -> Result<Option<Edition>, DbErr> {
    row::Entity::find_by_id(month.code()).one(db).await?.map(from_row).transpose()
}

/// Returns the number of editions that are released.
pub async fn count_released(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    edition_release::Entity::find().filter(edition_release::Column::ReleasedAt.is_not_null()).count(db).await
}

/// Returns the editions that are released, by month, up to the first one that is not: a month is published together with
/// those before it, in whatever order they are released.
pub async fn released(db: &impl ConnectionTrait) -> Result<Vec<Edition>, DbErr> {
    let waiting: Option<String> = edition_release::Entity::find()
        .select_only()
        .column(edition_release::Column::Month)
        .filter(edition_release::Column::ReleasedAt.is_null())
        .order_by_asc(edition_release::Column::Month)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let mut rows = row::Entity::find().order_by_asc(row::Column::Month);
    if let Some(first) = waiting {
        rows = rows.filter(row::Column::Month.lt(first));
    }
    rows.all(db).await?.into_iter().map(from_row).collect()
}

/// Returns the editions of months from one to another, by month.
pub async fn between(
    db: &impl ConnectionTrait,
    first: EditionMonth,
    last: EditionMonth,
) -> Result<Vec<Edition>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::Month.between(first.code(), last.code()))
        .order_by_asc(row::Column::Month)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Returns all releases, newest month first.
pub async fn releases(db: &impl ConnectionTrait) -> Result<Vec<EditionRelease>, DbErr> {
    let rows = edition_release::Entity::find().order_by_desc(edition_release::Column::Month).all(db).await?;
    rows.into_iter().map(release_from_row).collect()
}

pub async fn release_of(
    db: &impl ConnectionTrait,
    month: EditionMonth,
) -> Result<Option<EditionRelease>, DbErr> {
    edition_release::Entity::find_by_id(month.code()).one(db).await?.map(release_from_row).transpose()
}

/// Returns a release as `release_of` does, locked until the end of the transaction.
pub async fn lock_release(
    tx: &DatabaseTransaction,
    month: EditionMonth,
) -> Result<Option<EditionRelease>, DbErr> {
    let row = edition_release::Entity::find_by_id(month.code()).lock_exclusive().one(tx).await?;
    row.map(release_from_row).transpose()
}

/// Returns the months whose comments were due at `now` and that are not released, in their order.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<EditionMonth>, DbErr> {
    let months: Vec<String> = edition_release::Entity::find()
        .select_only()
        .column(edition_release::Column::Month)
        .filter(edition_release::Column::ReleasedAt.is_null())
        .filter(edition_release::Column::CommentUntil.lte(now))
        .order_by_asc(edition_release::Column::Month)
        .into_tuple()
        .all(db)
        .await?;
    months.iter().map(|it| known_month(it)).collect()
}

pub async fn save_release(tx: &DatabaseTransaction, it: &EditionRelease) -> Result<(), DbErr> {
    let model = edition_release::Model {
        month: it.month.code(),
        comment_until: it.comment_until,
        comment: it.comment.as_ref().map(|it| it.text.clone()),
        commented_by: it.comment.as_ref().and_then(|it| it.by).map(|it| it.0),
        commented_at: it.comment.as_ref().map(|it| it.at),
        released_at: it.released_at,
        released_by: it.released_by.map(|it| it.0),
        version: it.version,
    };
    let month = Set(it.month.code());
    let changed = edition_release::ActiveModel { month, ..model.into_active_model().reset_all() };
    edition_release::Entity::update(changed).exec(tx).await?;
    Ok(())
}

impl EditionComment {
    pub fn new(text: &Prose, by: AccountId, at: DateTime<Utc>) -> Self {
        Self { text: text.as_str().to_owned(), by: Some(by), at }
    }
}

fn known_month(code: &str) -> Result<EditionMonth, DbErr> {
    EditionMonth::parse(code).ok_or_else(|| contradiction(row::Entity, code, "it is no month"))
}

fn from_row(row: row::Model) -> Result<Edition, DbErr> {
    let content = serde_json::from_value(row.content);
    let content = content.map_err(|err| contradiction(row::Entity, &row.month, err))?;
    Ok(Edition { month: known_month(&row.month)?, closed_at: row.closed_at, content })
}

fn release_from_row(row: edition_release::Model) -> Result<EditionRelease, DbErr> {
    let comment = row.comment.zip(row.commented_at).map(|(text, at)| EditionComment {
        text,
        by: row.commented_by.map(AccountId),
        at,
    });
    Ok(EditionRelease {
        month: known_month(&row.month)?,
        comment_until: row.comment_until,
        comment,
        released_at: row.released_at,
        released_by: row.released_by.map(AccountId),
        version: row.version,
    })
}
