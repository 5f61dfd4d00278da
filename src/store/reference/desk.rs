//! Regional first-line desks, the accounts of the people who work there, and the consultations handed over by
//! them.
use chrono::{DateTime, Utc};
use domain::{
    consultation::State,
    due::Due,
    field::Fields,
    id::{AccountId, ConsultationId, DeskId},
    number::CaseNumber,
    prefecture::Prefecture,
};
use entity::{account, consultation, desk as row};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::store::{consultation::from_row, contradiction};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    pub id: DeskId,
    pub name: String,
    pub prefecture: Prefecture,
    /// Whether the desk is active. An inactive desk takes no new people; its earlier hand-overs stay.
    pub active: bool,
}

/// The recipient of mails to a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub account: AccountId,
    pub name: String,
    pub address: String,
}

/// A hand-over as the desk sees it: no contact, no text, no thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    pub number: CaseNumber,
    pub company_name: String,
    pub fields: Fields,
    pub received_at: DateTime<Utc>,
    pub state: State,
    pub state_since: DateTime<Utc>,
    pub due: Option<Due>,
    /// Whether an appointment took place.
    pub is_held: bool,
}

/// Returns all desks, by prefecture and name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Desk>, DbErr> {
    let rows = row::Entity::find()
        .order_by_asc(row::Column::Prefecture)
        .order_by_asc(row::Column::Name)
        .all(db)
        .await?;
    rows.into_iter().map(from_model).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: DeskId) -> Result<Option<Desk>, DbErr> {
    row::Entity::find_by_id(id.0).one(db).await?.map(from_model).transpose()
}

pub async fn insert(tx: &DatabaseTransaction, desk: &Desk) -> Result<(), DbErr> {
    let new = row::ActiveModel {
        id: Set(desk.id.0),
        name: Set(desk.name.clone()),
        prefecture: Set(i16::from(desk.prefecture.code())),
        active: Set(desk.active),
    };
    row::Entity::insert(new).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn save_active(tx: &DatabaseTransaction, id: DeskId, active: bool) -> Result<(), DbErr> {
    let change = row::ActiveModel { id: Set(id.0), active: Set(active), ..Default::default() };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns the active accounts of a desk.
pub async fn addresses(db: &impl ConnectionTrait, id: DeskId) -> Result<Vec<Address>, DbErr> {
    let rows = account::Entity::find()
        .filter(account::Column::DeskId.eq(id.0))
        .filter(account::Column::Active.eq(true))
        .order_by_asc(account::Column::Id)
        .all(db)
        .await?;
    let address =
        |it: account::Model| Address { account: AccountId(it.id), name: it.name, address: it.email };
    Ok(rows.into_iter().map(address).collect())
}

/// Returns up to `limit` consultations that a desk has handed over, newest first. With `before`, the list
/// continues after that number.
pub async fn handed_over(
    db: &impl ConnectionTrait,
    id: DeskId,
    before: Option<CaseNumber>,
    limit: u64,
) -> Result<Vec<HandOver>, DbErr> {
    let own = || consultation::Entity::find().filter(consultation::COLUMN.desk_id.eq(id.0));
    let mut query = own();
    if let Some(number) = before {
        let last = own().filter(consultation::COLUMN.number.eq(number.to_string())).one(db).await?;
        let Some(last) = last else { return Ok(Vec::new()) };
        let same_moment =
            consultation::Column::ReceivedAt.eq(last.received_at).and(consultation::Column::Id.lt(last.id));
        query = query.filter(consultation::Column::ReceivedAt.lt(last.received_at).or(same_moment));
    }
    let rows = query
        .order_by_desc(consultation::COLUMN.received_at)
        .order_by_desc(consultation::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    standing(db, &rows).await
}

/// Returns the consultation with this number as the desk sees it; `None` if another desk handed it over, or none did.
pub async fn one_handed_over(
    db: &impl ConnectionTrait,
    id: DeskId,
    number: CaseNumber,
) -> Result<Option<(ConsultationId, HandOver)>, DbErr> {
    let found = consultation::Entity::find()
        .filter(consultation::COLUMN.desk_id.eq(id.0))
        .filter(consultation::COLUMN.number.eq(number.to_string()))
        .all(db)
        .await?;
    let id = found.first().map(|it| ConsultationId(it.id));
    Ok(id.zip(standing(db, &found).await?.pop()))
}

/// Returns the rows as a desk sees them. A case that was merged into another stands as far as that one.
async fn standing(db: &impl ConnectionTrait, rows: &[consultation::Model]) -> Result<Vec<HandOver>, DbErr> {
    let merged: Vec<_> = rows.iter().filter_map(|it| it.merged_into).collect();
    let kept = match merged.is_empty() {
        true => Vec::new(),
        false => consultation::Entity::find().filter(consultation::COLUMN.id.is_in(merged)).all(db).await?,
    };
    let standing = |it: &consultation::Model| {
        let handed = hand_over(it)?;
        let Some(kept) = kept.iter().find(|kept| it.merged_into == Some(kept.id)) else { return Ok(handed) };
        let HandOver { state, state_since, due, is_held, .. } = hand_over(kept)?;
        Ok(HandOver { state, state_since, due, is_held, ..handed })
    };
    rows.iter().map(standing).collect()
}

fn hand_over(row: &consultation::Model) -> Result<HandOver, DbErr> {
    let record = from_row(row)?;
    Ok(HandOver {
        number: record.number,
        company_name: record.company_name,
        fields: record.consultation.fields,
        received_at: record.received_at,
        state: record.consultation.state,
        state_since: record.consultation.state_since,
        due: record.due,
        is_held: record.appointments_done > 0,
    })
}

fn from_model(row: row::Model) -> Result<Desk, DbErr> {
    let prefecture = u8::try_from(row.prefecture).ok().and_then(|it| Prefecture::from_code(it).ok());
    Ok(Desk {
        id: DeskId(row.id),
        prefecture: prefecture.ok_or_else(|| contradiction(row::Entity, row.id, "no such prefecture"))?,
        name: row.name,
        active: row.active,
    })
}
