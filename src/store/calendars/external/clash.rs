//! Clashes between appointments and busy times of external calendars. Neither is changed automatically.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use codes::AppointmentStatus;
use domain::{booking::availability::quarter_index, id::ExpertId};
use entity::{appointment, appointment_expert, external_calendar};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::{
    busy,
    entry::{CalendarBooking, participation_of, with_cases},
};

/// A confirmed future appointment, and an expert whose external calendar is busy at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarClash {
    pub expert: ExpertId,
    pub booking: CalendarBooking,
}

/// Returns the clashes of the expert `only`, or of all experts, earliest first. Five queries.
pub async fn clashes(
    db: &impl ConnectionTrait,
    only: Option<ExpertId>,
    now: DateTime<Utc>,
) -> Result<Vec<CalendarClash>, DbErr> {
    let with_calendars = external_calendar::Entity::find()
        .select_only()
        .column(external_calendar::Column::ExpertId)
        .distinct();
    let mut query = appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::ExpertId)
        .column(appointment::Column::Id)
        .column(appointment::Column::StartsAt)
        .column(appointment::Column::EndsAt)
        .join(JoinType::InnerJoin, participation_of())
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .filter(appointment::COLUMN.ends_at.gt(now))
        .filter(appointment_expert::Column::ExpertId.in_subquery(with_calendars.into_query()));
    if let Some(expert) = only {
        query = query.filter(appointment_expert::COLUMN.expert_id.eq(expert.0));
    }
    let booked: Vec<(Uuid, Uuid, DateTime<Utc>, DateTime<Utc>)> = query.into_tuple().all(db).await?;
    let (Some(first), Some(last)) = (booked.iter().map(|it| it.2).min(), booked.iter().map(|it| it.3).max())
    else {
        return Ok(Vec::new());
    };
    let mut taken: BTreeMap<ExpertId, Vec<_>> = BTreeMap::new();
    for (expert, stretch) in busy(db, quarter_index(first)..quarter_index(last) + 1, only).await? {
        taken.entry(expert).or_default().push(stretch);
    }
    let clashing: BTreeSet<_> = booked
        .into_iter()
        .filter(|(expert, _, starts_at, ends_at)| {
            let (start, end) =
                (quarter_index(*starts_at), quarter_index(*ends_at - TimeDelta::nanoseconds(1)) + 1);
            let of_expert = taken.get(&ExpertId(*expert)).map(Vec::as_slice).unwrap_or_default();
            of_expert.iter().any(|it| it.start < end && start < it.end)
        })
        .map(|(expert, id, ..)| (id, ExpertId(expert)))
        .collect();
    let bookings = with_cases(db, clashing.iter().map(|it| it.0).collect()).await?;
    let clashes = bookings.into_iter().flat_map(|booking| {
        let of_booking: Vec<_> =
            clashing.iter().filter(|(id, _)| *id == booking.appointment.id.0).map(|it| it.1).collect();
        of_booking.into_iter().map(move |expert| CalendarClash { expert, booking: booking.clone() })
    });
    Ok(clashes.collect())
}
