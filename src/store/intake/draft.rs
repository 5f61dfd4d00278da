//! Drafts: unfinished applications, which are kept for a while and not counted anywhere.
use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, Turn};
use domain::{
    id::{ConsultationId, DraftId, PublicationId},
    intake::application::ApplicationForm,
};
use entity::{appointment, consultation, draft as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
};

use crate::store::{
    contradiction,
    reference::revision::{RevisedPart, Revisions, revision_of},
    write_batch::WriteBatch,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: DraftId,
    pub form: ApplicationForm,
    /// A keyed hash of the network that the draft came from.
    pub network: String,
    pub expires_at: DateTime<Utc>,
    /// The consultation that the draft has become.
    pub consultation: Option<ConsultationId>,
    /// The consultation day for which it asks for a time.
    pub day: Option<PublicationId>,
}

pub async fn find(db: &impl ConnectionTrait, id: DraftId) -> Result<Option<Draft>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_row).transpose()
}

/// Returns the draft, locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: DraftId) -> Result<Option<Draft>, DbErr> {
    row::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns the draft, locked until the transaction ends, with the revisions that its submission is checked
/// against.
pub async fn lock_to_submit(
    tx: &DatabaseTransaction,
    id: DraftId,
) -> Result<Option<(Draft, Revisions)>, DbErr> {
    let found = row::Entity::find_by_id(id.0)
        .expr_as(revision_of(RevisedPart::Programme), "programme_revision")
        .expr_as(revision_of(RevisedPart::Experts), "experts_revision")
        .lock_exclusive()
        .into_model::<ToSubmit>()
        .one(tx)
        .await?;
    let Some(it) = found else { return Ok(None) };
    let revisions = (it.programme_revision.unwrap_or_default(), it.experts_revision.unwrap_or_default());
    Ok(Some((from_row(it.draft)?, revisions)))
}

#[derive(FromQueryResult)]
struct ToSubmit {
    #[sea_orm(nested)]
    draft: row::Model,
    /// `None` before the first change.
    programme_revision: Option<i64>,
    experts_revision: Option<i64>,
}

/// Returns the unfinished draft with this address that was changed last, or no draft.
pub async fn of_address(
    db: &impl ConnectionTrait,
    email_key: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Draft>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.email_key.eq(email_key))
        .filter(row::COLUMN.consultation_id.is_null())
        .filter(row::COLUMN.expires_at.gt(now))
        .order_by_desc(row::COLUMN.updated_at)
        .limit(1)
        .all(db)
        .await?;
    rows.into_iter().map(from_row).collect()
}

pub async fn insert(tx: &DatabaseTransaction, it: &Draft, now: DateTime<Utc>) -> Result<(), DbErr> {
    let model = row::Model {
        id: it.id.0,
        form: json(&it.form)?,
        email_key: None,
        network: it.network.clone(),
        created_at: now,
        updated_at: now,
        expires_at: it.expires_at,
        consultation_id: None,
        gathering_id: it.day.map(|it| it.0),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves the form. `email_key` is the address to which a link to continue may be mailed.
pub async fn save(
    tx: &DatabaseTransaction,
    it: &Draft,
    email_key: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let change = row::ActiveModel {
        id: Set(it.id.0),
        form: Set(json(&it.form)?),
        email_key: Set(email_key),
        updated_at: Set(now),
        expires_at: Set(it.expires_at),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Adds to a batch that a draft has become a consultation. From then on no link to continue is mailed.
pub fn submitted(
    batch: &mut WriteBatch,
    id: DraftId,
    consultation: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    batch.update(row::ActiveModel {
        id: Set(id.0),
        email_key: Set(None),
        updated_at: Set(now),
        consultation_id: Set(Some(consultation.0)),
        ..Default::default()
    })
}

/// Returns how many open applications from one network have no confirmed address.
pub async fn unconfirmed_of_network(db: &impl ConnectionTrait, network: &str) -> Result<u64, DbErr> {
    unconfirmed(network).count(db).await
}

/// Returns how many times are held at `now` for one network: by its drafts, and by its applications without a confirmed
/// address.
pub async fn holds_of_network(
    db: &impl ConnectionTrait,
    network: &str,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let drafts = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.network.eq(network))
        .into_query();
    let held = appointment::Entity::find()
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(appointment::COLUMN.held_until.gt(now));
    let by_drafts = held.clone().filter(appointment::Column::DraftId.in_subquery(drafts)).count(db).await?;
    let applications = unconfirmed(network).select_only().column(consultation::Column::Id).into_query();
    let by_applications = held.filter(appointment::Column::ConsultationId.in_subquery(applications));
    Ok(by_drafts + by_applications.count(db).await?)
}

/// Selects the open consultations that came from one network and whose address is not confirmed.
fn unconfirmed(network: &str) -> Select<consultation::Entity> {
    let applications = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.network.eq(network))
        .filter(row::COLUMN.consultation_id.is_not_null())
        .into_query();
    consultation::Entity::find()
        .filter(consultation::Column::Id.in_subquery(applications))
        .filter(consultation::COLUMN.address_confirmed_at.is_null())
        .filter(consultation::COLUMN.turn.ne(Turn::Ended.code()))
}

/// Deletes the drafts that have expired, with the times they held; returns their number.
pub async fn delete_expired(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    // The drafts are locked before the turn is taken, in the same order as everywhere.
    row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.expires_at.lte(now))
        .lock_exclusive()
        .into_tuple::<uuid::Uuid>()
        .all(tx)
        .await?;
    crate::store::booking::appointment::release_drafts(tx, now).await?;
    let deleted = row::Entity::delete_many().filter(row::COLUMN.expires_at.lte(now)).exec(tx).await?;
    Ok(deleted.rows_affected)
}

fn json(form: &ApplicationForm) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(form).map_err(|err| DbErr::Type(err.to_string()))
}

fn from_row(row: row::Model) -> Result<Draft, DbErr> {
    let form = serde_json::from_value(row.form).map_err(|err| contradiction(row::Entity, row.id, err))?;
    Ok(Draft {
        id: DraftId(row.id),
        form,
        network: row.network,
        expires_at: row.expires_at,
        consultation: row.consultation_id.map(ConsultationId),
        day: row.gathering_id.map(PublicationId),
    })
}
