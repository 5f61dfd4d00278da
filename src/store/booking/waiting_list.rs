//! The waiting list: companies that want an earlier time, and the offers made to them.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    booking::waiting_list::{WaitingEndReason, WaitingListEntry, WaitingOffer, WaitingOfferState},
    id::{AppointmentId, ConsultationId, WaitingId, WaitingOfferId},
};
use entity::{waiting_list_entry as row, waiting_offer};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{contradiction, due_keys, known};

/// A company on the waiting list, with one consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCompany {
    pub consultation: ConsultationId,
    pub waiting: WaitingListEntry,
}

/// An offer with the appointment that holds its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOffer {
    pub offer: WaitingOffer,
    pub appointment: AppointmentId,
    pub offered_at: DateTime<Utc>,
}

/// The companies on the waiting list.
#[derive(Debug, Default)]
pub struct WaitingQueue {
    /// The companies in the order in which they are asked.
    pub companies: Vec<WaitingCompany>,
    /// The entries that cannot be read, by their key.
    pub unreadable: Vec<(WaitingId, DbErr)>,
}

/// Returns the companies on the waiting list, without the entries of `except`.
pub async fn queue(db: &impl ConnectionTrait, except: &[Uuid]) -> Result<WaitingQueue, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.ended_at.is_null())
        .filter(row::COLUMN.id.is_not_in(except.iter().copied()))
        .all(db)
        .await?;
    let mut queue = WaitingQueue::default();
    for row in rows {
        let id = WaitingId(row.id);
        match from_row(row) {
            Ok(company) => queue.companies.push(company),
            Err(err) => queue.unreadable.push((id, err)),
        }
    }
    queue.companies.sort_by(|a, b| a.waiting.before(&b.waiting));
    Ok(queue)
}

/// Returns the entry of a consultation on the waiting list, if it has one that has not ended.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<WaitingListEntry>, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.ended_at.is_null())
        .one(db)
        .await?;
    Ok(found.map(from_row).transpose()?.map(|it| it.waiting))
}

pub async fn insert(tx: &DatabaseTransaction, it: &WaitingCompany) -> Result<(), DbErr> {
    let WaitingCompany { consultation, waiting } = it;
    let model = row::Model {
        id: waiting.id.0,
        consultation_id: consultation.0,
        preferred_times: serde_json::to_value(&waiting.preferred_times)
            .map_err(|err| DbErr::Type(err.to_string()))?,
        since: waiting.since,
        turned_down: i16::try_from(waiting.turned_down).unwrap_or(i16::MAX),
        ended_at: None,
        end_reason: None,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends an entry of the waiting list.
pub async fn end(
    tx: &DatabaseTransaction,
    id: WaitingId,
    why: WaitingEndReason,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ended = row::ActiveModel {
        id: Set(id.0),
        ended_at: Set(Some(now)),
        end_reason: Set(Some(why.into())),
        ..Default::default()
    };
    row::Entity::update(ended).exec(tx).await?;
    Ok(())
}

/// Lets a company wait again whose waiting had ended.
pub async fn resume(tx: &DatabaseTransaction, id: WaitingId) -> Result<(), DbErr> {
    let again =
        row::ActiveModel { id: Set(id.0), ended_at: Set(None), end_reason: Set(None), ..Default::default() };
    row::Entity::update(again).exec(tx).await?;
    Ok(())
}

/// Adds one to the number of offers that the company has not taken.
pub async fn count_turned_down(tx: &DatabaseTransaction, id: WaitingId) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::TurnedDown, Expr::col(row::Column::TurnedDown).add(1_i16))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns every offer made for an entry of the waiting list, oldest first.
pub async fn offers(db: &impl ConnectionTrait, id: WaitingId) -> Result<Vec<HeldOffer>, DbErr> {
    let rows = waiting_offer::Entity::find()
        .filter(waiting_offer::COLUMN.waiting_id.eq(id.0))
        .order_by_asc(waiting_offer::COLUMN.offered_at)
        .all(db)
        .await?;
    rows.iter().map(offer_from_row).collect()
}

/// Returns every offer that waits for its answer.
pub async fn open(db: &impl ConnectionTrait) -> Result<Vec<HeldOffer>, DbErr> {
    let rows = waiting_offer::Entity::find()
        .filter(waiting_offer::COLUMN.state.eq(WaitingOfferState::Open.code()))
        .all(db)
        .await?;
    rows.iter().map(offer_from_row).collect()
}

/// Returns an offer with the consultation that it was made for.
pub async fn find(
    db: &impl ConnectionTrait,
    id: WaitingOfferId,
) -> Result<Option<(ConsultationId, HeldOffer)>, DbErr> {
    let Some(offer) = waiting_offer::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
    let waiting = row::Entity::find_by_id(offer.waiting_id).one(db).await?;
    let waiting =
        waiting.ok_or_else(|| contradiction(waiting_offer::Entity, offer.id, "what waits is gone"))?;
    Ok(Some((ConsultationId(waiting.consultation_id), offer_from_row(&offer)?)))
}

/// Returns the offers of `ids` that exist.
pub async fn some_offers(
    db: &impl ConnectionTrait,
    ids: Vec<WaitingOfferId>,
) -> Result<Vec<HeldOffer>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.into_iter().map(|it| it.0);
    let rows = waiting_offer::Entity::find().filter(waiting_offer::COLUMN.id.is_in(ids)).all(db).await?;
    rows.iter().map(offer_from_row).collect()
}

/// Returns the keys of up to `limit` open offers whose time to answer is over, longest ago first, without those of
/// `except`.
pub async fn overdue(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let rows =
        waiting_offer::Entity::find().filter(waiting_offer::COLUMN.state.eq(WaitingOfferState::Open.code()));
    due_keys(db, rows, (waiting_offer::Column::Id, waiting_offer::Column::Until), now, except, limit).await
}

pub async fn insert_offer(tx: &DatabaseTransaction, it: &HeldOffer) -> Result<(), DbErr> {
    let model = waiting_offer::Model {
        id: it.offer.id.0,
        waiting_id: it.offer.waiting.0,
        appointment_id: it.appointment.0,
        starts_at: it.offer.starts_at,
        offered_at: it.offered_at,
        until: it.offer.until,
        state: it.offer.state.into(),
        answered_at: None,
    };
    waiting_offer::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save_offer(
    tx: &DatabaseTransaction,
    it: &WaitingOffer,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let changed = waiting_offer::ActiveModel {
        id: Set(it.id.0),
        state: Set(it.state.into()),
        answered_at: Set((it.state != WaitingOfferState::Open).then_some(now)),
        ..Default::default()
    };
    waiting_offer::Entity::update(changed).exec(tx).await?;
    Ok(())
}

/// Returns the entries of the waiting list that have an open offer.
pub async fn being_asked(db: &impl ConnectionTrait) -> Result<BTreeSet<WaitingId>, DbErr> {
    Ok(open(db).await?.into_iter().map(|it| it.offer.waiting).collect())
}

fn from_row(row: row::Model) -> Result<WaitingCompany, DbErr> {
    let preferred_times =
        serde_json::from_value(row.preferred_times).map_err(|err| contradiction(row::Entity, row.id, err))?;
    Ok(WaitingCompany {
        consultation: ConsultationId(row.consultation_id),
        waiting: WaitingListEntry {
            id: WaitingId(row.id),
            since: row.since,
            preferred_times,
            turned_down: u16::try_from(row.turned_down)
                .map_err(|err| contradiction(row::Entity, row.id, err))?,
        },
    })
}

fn offer_from_row(row: &waiting_offer::Model) -> Result<HeldOffer, DbErr> {
    Ok(HeldOffer {
        offer: WaitingOffer {
            id: WaitingOfferId(row.id),
            waiting: WaitingId(row.waiting_id),
            starts_at: row.starts_at,
            until: row.until,
            state: known(&row.state, waiting_offer::Column::State, row.id)?,
        },
        appointment: AppointmentId(row.appointment_id),
        offered_at: row.offered_at,
    })
}
