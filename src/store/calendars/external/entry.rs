//! The entries that we have written into experts' external calendars, compared with the appointments.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, CalendarEntryStatus};
use domain::{booking::appointment::Appointment, id::ExpertId, number::CaseNumber};
pub use entity::external_entry::Model as Entry;
use entity::{
    Coded, appointment, appointment_expert, consultation, external_calendar, external_entry as row,
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::store::{booking::appointment::with_experts, contradiction};

/// An appointment that is to be in a calendar, with the data that its entry shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarBooking {
    pub appointment: Appointment,
    pub number: CaseNumber,
    pub company_name: String,
}

/// Returns an expert's confirmed appointments that are not over.
pub async fn bookings(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    now: DateTime<Utc>,
) -> Result<Vec<CalendarBooking>, DbErr> {
    let mine: Vec<Uuid> = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .join(JoinType::InnerJoin, participation_of())
        .filter(appointment_expert::COLUMN.expert_id.eq(expert.0))
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.ends_at.gt(now))
        .into_tuple()
        .all(db)
        .await?;
    with_cases(db, mine).await
}

/// Returns the entries that are in a calendar or are to be written into it.
pub async fn of(db: &impl ConnectionTrait, source: Uuid) -> Result<Vec<Entry>, DbErr> {
    row::Entity::find().filter(row::COLUMN.source_id.eq(source)).order_by_asc(row::COLUMN.id).all(db).await
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Entry>, DbErr> {
    row::Entity::find_by_id(id).one(db).await
}

pub async fn insert(tx: &DatabaseTransaction, it: Entry) -> Result<(), DbErr> {
    row::Entity::insert(it.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Saves a changed entry. An entry that was deleted with its calendar is not written again.
pub async fn save(tx: &DatabaseTransaction, it: Entry) -> Result<(), DbErr> {
    let id = it.id;
    let all = it.into_active_model().reset_all();
    row::Entity::update_many().set(all).filter(row::COLUMN.id.eq(id)).exec(tx).await?;
    Ok(())
}

pub async fn remove(tx: &DatabaseTransaction, id: Uuid) -> Result<(), DbErr> {
    row::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Returns whether there are entries of appointments that are not over, in a calendar or to be written into it.
pub async fn are_ahead(db: &impl ConnectionTrait, source: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let found: Option<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .join(JoinType::InnerJoin, of_appointment())
        .filter(row::COLUMN.source_id.eq(source))
        .filter(appointment::COLUMN.ends_at.gt(now))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Deletes all entries of a calendar whose address has changed.
pub async fn forget(tx: &DatabaseTransaction, source: Uuid) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.source_id.eq(source)).exec(tx).await?;
    Ok(())
}

/// An entry that is missing or outdated in a calendar, or whose appointment is not booked any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutdatedEntry {
    pub source: Uuid,
    pub appointment: Uuid,
    pub booked: bool,
}

/// Returns the calendars into which an entry is to be written now, or from which one is to be removed.
pub async fn sources_behind(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbErr> {
    let mut sources: Vec<_> = outdated_entries(db, now).await?.into_iter().map(|it| it.source).collect();
    sources.dedup();
    Ok(sources)
}

/// The calendar, the appointment, the status, the sequence and the due time of an entry.
type WrittenRow = (Uuid, Uuid, Coded<CalendarEntryStatus>, i32, DateTime<Utc>);

/// Returns the entries to be written into calendars or removed from them now, calendar by calendar. Two
/// queries.
pub async fn outdated_entries(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<OutdatedEntry>, DbErr> {
    let booked: Vec<(Uuid, Uuid, i32)> = external_calendar::Entity::find()
        .select_only()
        .column(external_calendar::Column::Id)
        .column(appointment::Column::Id)
        .column(appointment::Column::Sequence)
        .join(JoinType::InnerJoin, participants_of_source())
        .join(JoinType::InnerJoin, participation_of())
        .filter(external_calendar::COLUMN.writes.eq(true))
        .filter(external_calendar::COLUMN.failures.eq(0))
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.ends_at.gt(now))
        .into_tuple()
        .all(db)
        .await?;
    let written: Vec<WrittenRow> = row::Entity::find()
        .select_only()
        .column(row::Column::SourceId)
        .column(row::Column::AppointmentId)
        .column(row::Column::State)
        .column(row::Column::Sequence)
        .column(row::Column::DueAt)
        .join(JoinType::InnerJoin, of_appointment())
        .join(JoinType::InnerJoin, of_source())
        .filter(external_calendar::COLUMN.failures.eq(0))
        .filter(appointment::COLUMN.ends_at.gt(now))
        .filter(
            appointment::COLUMN.state.is_not_in(
                [AppointmentStatus::Done, AppointmentStatus::NoShow, AppointmentStatus::ExpertNoShow]
                    .map(AppointmentStatus::code),
            ),
        )
        .into_tuple()
        .all(db)
        .await?;
    let mut known: BTreeMap<_, _> = written
        .into_iter()
        .map(|(source, id, state, sequence, due)| ((source, id), (state, sequence, due)))
        .collect();
    let mut behind = Vec::new();
    for (source, id, sequence) in booked {
        match known.remove(&(source, id)) {
            Some((state, written, due))
                if (state != CalendarEntryStatus::Wanted && written == sequence) || due > now => {}
            Some(_) | None => behind.push(OutdatedEntry { source, appointment: id, booked: true }),
        }
    }
    // The remaining entries were written for appointments that are not booked any more.
    let over = known.into_iter().filter(|(_, it)| it.2 <= now);
    behind.extend(over.map(|((source, appointment), _)| OutdatedEntry {
        source,
        appointment,
        booked: false,
    }));
    behind.sort_unstable();
    Ok(behind)
}

/// Returns the appointments of `ids` that belong to a consultation, with its number and company name. Three
/// queries.
pub(in crate::store) async fn with_cases(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<Vec<CalendarBooking>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = appointment::Entity::find()
        .filter(appointment::COLUMN.id.is_in(ids))
        .order_by_asc(appointment::COLUMN.starts_at)
        .order_by_asc(appointment::COLUMN.id)
        .all(db)
        .await?;
    let owners: BTreeMap<_, _> = rows.iter().filter_map(|it| Some((it.id, it.consultation_id?))).collect();
    let cases: Vec<(Uuid, String, String)> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .column(consultation::Column::Number)
        .column(consultation::Column::CompanyName)
        .filter(consultation::COLUMN.id.is_in(owners.values().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let cases: BTreeMap<_, _> = cases.into_iter().map(|(id, number, name)| (id, (number, name))).collect();
    let mut bookings = Vec::new();
    for appointment in with_experts(db, rows).await? {
        let case = owners.get(&appointment.id.0).and_then(|it| cases.get(it));
        let Some((number, company_name)) = case else { continue };
        let number =
            CaseNumber::parse(number).map_err(|err| contradiction(consultation::Entity, number, err))?;
        bookings.push(CalendarBooking { appointment, number, company_name: company_name.clone() });
    }
    Ok(bookings)
}

fn participants_of_source() -> RelationDef {
    external_calendar::Entity::belongs_to(appointment_expert::Entity)
        .from(external_calendar::Column::ExpertId)
        .to(appointment_expert::Column::ExpertId)
        .into()
}

pub(super) fn participation_of() -> RelationDef {
    appointment_expert::Entity::belongs_to(appointment::Entity)
        .from(appointment_expert::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

fn of_appointment() -> RelationDef {
    row::Entity::belongs_to(appointment::Entity)
        .from(row::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

fn of_source() -> RelationDef {
    row::Entity::belongs_to(external_calendar::Entity)
        .from(row::Column::SourceId)
        .to(external_calendar::Column::Id)
        .into()
}
