//! Regional first-line desks, the accounts of the people who work there, and the consultations handed over by
//! them.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    consultation::{State, Turn},
    due::Due,
    field::Fields,
    id::{AccountId, ConsultationId, DeskId},
    intake::{
        company::PostalCode,
        contact::Telephone,
        desk::{DeskDetails, DeskProfile},
    },
    number::CaseNumber,
    prefecture::Prefecture,
    publication::news::WebAddress,
    text::{Prose, TextLine, search_key},
};
use entity::{account, consultation, desk as row};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    Iterable, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

use super::revision::{RevisedPart, touch};
use crate::store::{consultation::from_row, contradiction};

/// The number of desks that one statement saves.
const AT_ONCE: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    pub id: DeskId,
    pub name: String,
    pub prefecture: Prefecture,
    /// Whether the desk is active. An inactive desk takes no new people; its earlier hand-overs stay.
    pub active: bool,
    pub details: DeskDetails,
}

impl Desk {
    /// Returns the key by which a file or a form knows the desk.
    pub fn key(&self) -> (Prefecture, String) {
        (self.prefecture, search_key(&self.name))
    }

    /// Returns whether the desk has the name and the details of a profile already.
    pub fn is_as(&self, profile: &DeskProfile) -> bool {
        self.details == profile.details && self.name == profile.name.as_str()
    }
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
    /// When the center contacts the company, if the case was merged into another that waits for that.
    pub contact_due_at: Option<DateTime<Utc>>,
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

/// Returns the active desks of a prefecture, by name.
pub async fn of_prefecture(db: &impl ConnectionTrait, prefecture: Prefecture) -> Result<Vec<Desk>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.prefecture.eq(i16::from(prefecture.code())))
        .filter(row::COLUMN.active.eq(true))
        .order_by_asc(row::Column::Name)
        .all(db)
        .await?;
    rows.into_iter().map(from_model).collect()
}

/// Adds an active desk.
pub async fn insert(tx: &DatabaseTransaction, id: DeskId, profile: &DeskProfile) -> Result<(), DbErr> {
    let new = row::ActiveModel { active: Set(true), ..changed(id, profile) };
    row::Entity::insert(new).exec_without_returning(tx).await?;
    Ok(())
}

/// Waits for the other transactions that add desks or change what they are called, so that no desk is added twice.
pub async fn take_turns(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    touch(tx, RevisedPart::Desks).await
}

/// Saves desks with their profiles, each with whether it is active. A desk that is not known yet is added.
pub async fn save_all(tx: &DatabaseTransaction, all: &[(DeskId, bool, DeskProfile)]) -> Result<(), DbErr> {
    for part in all.chunks(AT_ONCE) {
        let rows = part
            .iter()
            .map(|(id, active, profile)| row::ActiveModel { active: Set(*active), ..changed(*id, profile) });
        let columns = row::Column::iter().filter(|it| !matches!(it, row::Column::Id));
        let again = OnConflict::column(row::Column::Id).update_columns(columns).to_owned();
        row::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Saves the name, the prefecture and the details of a desk.
pub async fn save(tx: &DatabaseTransaction, id: DeskId, profile: &DeskProfile) -> Result<(), DbErr> {
    row::Entity::update(changed(id, profile)).exec(tx).await?;
    Ok(())
}

fn changed(id: DeskId, DeskProfile { name, prefecture, details }: &DeskProfile) -> row::ActiveModel {
    let line = |it: &Option<TextLine>| Set(it.as_ref().map(|it| it.as_str().to_owned()));
    row::ActiveModel {
        id: Set(id.0),
        name: Set(name.as_str().to_owned()),
        prefecture: Set(i16::from(prefecture.code())),
        postal_code: Set(details.postal_code.map(PostalCode::digits)),
        address: line(&details.address),
        phone: Set(details.phone.as_ref().map(|it| it.as_str().to_owned())),
        hours: line(&details.hours),
        subjects: Set(details.subjects.as_ref().map(|it| it.as_str().to_owned())),
        website: Set(details.website.as_ref().map(|it| it.as_str().to_owned())),
        ..Default::default()
    }
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

/// Returns those of the consultations that a desk has handed over, as the desk sees them.
pub async fn handed_over_among(
    db: &impl ConnectionTrait,
    id: DeskId,
    cases: Vec<ConsultationId>,
) -> Result<HashMap<ConsultationId, HandOver>, DbErr> {
    if cases.is_empty() {
        return Ok(HashMap::new());
    }
    let found = consultation::Entity::find()
        .filter(consultation::COLUMN.desk_id.eq(id.0))
        .filter(consultation::COLUMN.id.is_in(cases.into_iter().map(|it| it.0)))
        .all(db)
        .await?;
    let standing = standing(db, &found).await?;
    Ok(found.iter().map(|it| ConsultationId(it.id)).zip(standing).collect())
}

/// Returns the numbers of the open consultations that a desk has handed over, oldest first.
pub async fn open_handed_over(db: &impl ConnectionTrait, desk: DeskId) -> Result<Vec<String>, DbErr> {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Number)
        .filter(consultation::COLUMN.desk_id.eq(desk.0))
        .filter(consultation::COLUMN.turn.ne(Turn::Ended.code()))
        .filter(consultation::Column::MergedInto.is_null())
        .order_by_asc(consultation::COLUMN.received_at)
        .into_tuple()
        .all(db)
        .await
}

/// Returns those of the consultations that are open.
pub async fn open_among(
    db: &impl ConnectionTrait,
    cases: Vec<ConsultationId>,
) -> Result<Vec<ConsultationId>, DbErr> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.id.is_in(cases.into_iter().map(|it| it.0)))
        .filter(consultation::COLUMN.turn.ne(Turn::Ended.code()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(ConsultationId).collect())
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
        Ok(HandOver { state, state_since, due, is_held, contact_due_at: kept.response_due_at, ..handed })
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
        contact_due_at: None,
    })
}

fn from_model(row: row::Model) -> Result<Desk, DbErr> {
    let prefecture = u8::try_from(row.prefecture).ok().and_then(|it| Prefecture::from_code(it).ok());
    Ok(Desk {
        id: DeskId(row.id),
        prefecture: prefecture.ok_or_else(|| contradiction(row::Entity, row.id, "no such prefecture"))?,
        details: details(&row),
        name: row.name,
        active: row.active,
    })
}

/// Returns the details of a desk. One that cannot be understood any more counts as unknown.
fn details(row: &row::Model) -> DeskDetails {
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    DeskDetails {
        postal_code: PostalCode::parse(&text(&row.postal_code)).ok(),
        address: TextLine::try_from(text(&row.address)).ok(),
        phone: Telephone::parse(&text(&row.phone)).ok(),
        hours: TextLine::try_from(text(&row.hours)).ok(),
        subjects: Prose::try_from(text(&row.subjects)).ok(),
        website: WebAddress::parse(&text(&row.website)).ok(),
    }
}
