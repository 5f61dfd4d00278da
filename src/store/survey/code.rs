//! The codes with which recipients answer a survey once.
use chrono::{DateTime, Utc};
use domain::id::{PublicationId, RegistrationId, SurveyCodeId, SurveyMemberId};
use entity::survey_code as row;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::recipient::{RecipientId, SurveyRecipient};

/// The most rows of one statement.
const AT_ONCE: usize = 500;

/// One code. The code itself is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyCode {
    pub id: SurveyCodeId,
    pub survey: PublicationId,
    /// The consent of the person to whom it was mailed.
    pub to: Option<RecipientId>,
    pub used_at: Option<DateTime<Utc>>,
}

/// The numbers of the codes of a survey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeTally {
    pub printed: u64,
    pub invited: u64,
    pub reminded: u64,
    pub used: u64,
}

/// Adds codes that are printed, each with its hash.
pub async fn insert_printed(
    tx: &DatabaseTransaction,
    survey: PublicationId,
    codes: &[(SurveyCodeId, String)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows = codes.iter().map(|(id, hash)| model(survey, *id, hash, now)).collect();
    insert_all(tx, rows).await
}

/// Adds codes that are mailed, each with its hash and its recipient.
pub async fn insert_mailed(
    tx: &DatabaseTransaction,
    survey: PublicationId,
    codes: &[(SurveyCodeId, String, SurveyRecipient)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mailed = codes.iter().map(|(id, hash, to)| row::Model {
        registration_id: registration_of(to.id()),
        member_id: member_of(to.id()),
        opt_in_version: Some(to.opt_in_version().to_owned()),
        invited_at: Some(now),
        ..model(survey, *id, hash, now)
    });
    insert_all(tx, mailed.collect()).await
}

const fn registration_of(it: RecipientId) -> Option<Uuid> {
    match it {
        RecipientId::Registration(id) => Some(id.0),
        RecipientId::Member(_) => None,
    }
}

const fn member_of(it: RecipientId) -> Option<Uuid> {
    match it {
        RecipientId::Registration(_) => None,
        RecipientId::Member(id) => Some(id.0),
    }
}

async fn insert_all(tx: &DatabaseTransaction, rows: Vec<row::Model>) -> Result<(), DbErr> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn model(survey: PublicationId, id: SurveyCodeId, hash: &str, now: DateTime<Utc>) -> row::Model {
    row::Model {
        id: id.0,
        publication_id: survey.0,
        code_hash: hash.to_owned(),
        registration_id: None,
        member_id: None,
        opt_in_version: None,
        invited_at: None,
        reminded_at: None,
        used_at: None,
        created_at: now,
    }
}

/// Returns the code with this hash, locked until the end of the transaction.
pub async fn lock_by_hash(
    tx: &DatabaseTransaction,
    survey: PublicationId,
    hash: &str,
) -> Result<Option<SurveyCode>, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .filter(row::COLUMN.code_hash.eq(hash))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(found.map(|it| from_row(&it)))
}

/// Marks a code as used. Returns whether it was unused before.
pub async fn use_once(tx: &DatabaseTransaction, id: SurveyCodeId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let used = row::Entity::update_many()
        .col_expr(row::Column::UsedAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(id.0))
        .filter(row::COLUMN.used_at.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Returns the ids of all printed codes of a survey, in the order in which they were made.
pub async fn printed(
    db: &impl ConnectionTrait,
    survey: PublicationId,
) -> Result<Vec<(SurveyCodeId, bool)>, DbErr> {
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::UsedAt])
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .filter(row::COLUMN.opt_in_version.is_null())
        .order_by_asc(row::COLUMN.created_at)
        .order_by_asc(row::COLUMN.id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, used)| (SurveyCodeId(id), used.is_some())).collect())
}

/// Returns the codes whose recipients are reminded: invited until `before`, not answered, not reminded.
pub async fn to_remind(
    db: &impl ConnectionTrait,
    survey: PublicationId,
    before: DateTime<Utc>,
) -> Result<Vec<SurveyCode>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .filter(row::COLUMN.invited_at.lte(before))
        .filter(row::COLUMN.reminded_at.is_null())
        .filter(row::COLUMN.used_at.is_null())
        .filter(mailed())
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|it| from_row(&it)).collect())
}

/// Records that the recipients of these codes are reminded.
pub async fn mark_reminded(
    tx: &DatabaseTransaction,
    ids: &[SurveyCodeId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for ids in ids.chunks(AT_ONCE) {
        row::Entity::update_many()
            .col_expr(row::Column::RemindedAt, Expr::value(now))
            .filter(row::COLUMN.id.is_in(ids.iter().map(|it| it.0)))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Counts the codes of a survey.
pub async fn tally(db: &impl ConnectionTrait, survey: PublicationId) -> Result<CodeTally, DbErr> {
    let of = || row::Entity::find().filter(row::COLUMN.publication_id.eq(survey.0));
    Ok(CodeTally {
        printed: of().filter(row::COLUMN.opt_in_version.is_null()).count(db).await?,
        invited: of().filter(row::COLUMN.invited_at.is_not_null()).count(db).await?,
        reminded: of().filter(row::COLUMN.reminded_at.is_not_null()).count(db).await?,
        used: of().filter(row::COLUMN.used_at.is_not_null()).count(db).await?,
    })
}

/// Forgets to whom the codes of a survey were mailed.
pub async fn erase_recipients(tx: &DatabaseTransaction, survey: PublicationId) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::RegistrationId, Expr::value(None::<Uuid>))
        .col_expr(row::Column::MemberId, Expr::value(None::<Uuid>))
        .filter(row::COLUMN.publication_id.eq(survey.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the condition that it is known to whom a code was mailed.
pub fn mailed() -> Condition {
    Condition::any().add(row::Column::RegistrationId.is_not_null()).add(row::Column::MemberId.is_not_null())
}

fn from_row(row: &row::Model) -> SurveyCode {
    let registration = row.registration_id.map(|it| RecipientId::Registration(RegistrationId(it)));
    let member = row.member_id.map(|it| RecipientId::Member(SurveyMemberId(it)));
    SurveyCode {
        id: SurveyCodeId(row.id),
        survey: PublicationId(row.publication_id),
        to: registration.or(member),
        used_at: row.used_at,
    }
}
