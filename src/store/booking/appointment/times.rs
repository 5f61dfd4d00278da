//! Appointments by their time: those that have begun, and those that are held for a day.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codes::AppointmentStatus;
use domain::{
    booking::appointment::Appointment,
    id::{AppointmentId, ConsultationId},
};
use entity::{appointment as row, consultation, contact, mail_bounce};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::with_experts;
use crate::store::{exists, same};

/// Returns which of these consultations have a confirmed appointment that has begun by `now`.
pub async fn confirmed_before(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let found: Vec<Option<Uuid>> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(row::COLUMN.starts_at.lte(now))
        .filter(row::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Returns the appointments that are held for a time between `from` and `to`, for whomever.
pub async fn held_between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Appointment>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.starts_at.gte(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    with_experts(db, rows).await
}

/// Returns up to `limit` holds of consultations that end before `until` and whose contact has no mail address, with the
/// consultation and the end of the hold, the next to end first, without those of `except`. A case that is among the calls
/// already is left out.
pub async fn holds_without_address(
    db: &impl ConnectionTrait,
    until: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<(AppointmentId, ConsultationId, DateTime<Utc>)>, DbErr> {
    let without_address = Condition::all().add(contact::COLUMN.email.is_null());
    let rows: Vec<(Uuid, Option<Uuid>, Option<DateTime<Utc>>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::ConsultationId, row::Column::HeldUntil])
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.held_until.lt(until))
        .filter(row::COLUMN.id.is_not_in(except.iter().copied()))
        .filter(has_contact(without_address))
        .filter(is_uncalled())
        .order_by_asc(row::COLUMN.held_until)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let hold = |(id, case, until): (Uuid, Option<Uuid>, Option<DateTime<Utc>>)| {
        Some((AppointmentId(id), ConsultationId(case?), until?))
    };
    Ok(rows.into_iter().filter_map(hold).collect())
}

/// Returns up to `limit` confirmed appointments that begin after `from` and before `to` and whose contact has no mail address
/// or one from which mail has come back, with the consultation and the start, the earliest first, without those of
/// `except`. A case that is among the calls already is left out.
pub async fn unreachable_between(
    db: &impl ConnectionTrait,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<(AppointmentId, ConsultationId, DateTime<Utc>)>, DbErr> {
    let dead = mail_bounce::Entity::find()
        .filter(mail_bounce::COLUMN.permanent.eq(true))
        .filter(mail_bounce::COLUMN.cleared_at.is_null())
        .filter(same(
            (mail_bounce::Entity, mail_bounce::Column::AddressKey),
            (contact::Entity, contact::Column::EmailKey),
        ));
    let unproved = consultation::Entity::find()
        .filter(consultation::COLUMN.address_confirmed_at.is_null())
        .filter(same(CASE, (contact::Entity, contact::Column::ConsultationId)));
    // Mail waits for the proof of an address that the center has corrected.
    let is_held = Condition::all().add(contact::COLUMN.proven_email.is_null()).add(exists(unproved));
    let unreachable = Condition::any().add(contact::COLUMN.email.is_null()).add(is_held).add(exists(dead));
    let rows: Vec<(Uuid, Option<Uuid>, DateTime<Utc>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::ConsultationId, row::Column::StartsAt])
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(row::COLUMN.starts_at.gt(from))
        .filter(row::COLUMN.starts_at.lt(to))
        .filter(row::COLUMN.id.is_not_in(except.iter().copied()))
        .filter(has_contact(unreachable))
        .filter(is_uncalled())
        .order_by_asc(row::COLUMN.starts_at)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let near = |(id, case, at): (Uuid, Option<Uuid>, DateTime<Utc>)| {
        Some((AppointmentId(id), ConsultationId(case?), at))
    };
    Ok(rows.into_iter().filter_map(near).collect())
}

const CASE: (consultation::Entity, consultation::Column) = (consultation::Entity, consultation::Column::Id);
const CASE_OF_ROW: (row::Entity, row::Column) = (row::Entity, row::Column::ConsultationId);

/// Returns whether the contact of the appointment's consultation is one of `which`.
fn has_contact(which: Condition) -> Expr {
    let of_row = same((contact::Entity, contact::Column::ConsultationId), CASE_OF_ROW);
    exists(contact::Entity::find().filter(of_row).filter(which))
}

/// Returns whether the appointment's consultation is not among the calls.
fn is_uncalled() -> Expr {
    let uncalled = consultation::COLUMN.to_call_since.is_null();
    exists(consultation::Entity::find().filter(same(CASE, CASE_OF_ROW)).filter(uncalled))
}

/// Returns until when a time is held for each of these consultations, without those that have none.
pub async fn held_until_of(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, DateTime<Utc>>, DbErr> {
    let rows: Vec<(Option<Uuid>, Option<DateTime<Utc>>)> = row::Entity::find()
        .select_only()
        .columns([row::Column::ConsultationId, row::Column::HeldUntil])
        .filter(row::COLUMN.state.eq(AppointmentStatus::Held.code()))
        .filter(row::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(case, until)| Some((case?, until?))).collect())
}
