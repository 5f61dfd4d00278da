//! The time until which a company may move or cancel an appointment by itself.
use chrono::{DateTime, Utc};
use domain::{
    booking::{appointment::Appointment, notice::change_until},
    settings::Settings,
};
use sea_orm::ConnectionTrait;

use crate::{
    problem::Problem,
    store::{self, reference::programme::Programme},
};

/// Returns until when a company may change an appointment. Closing days that were added after the appointment was made do
/// not make it earlier: the company was told the time.
pub async fn change_limit(
    db: &impl ConnectionTrait,
    programme: &Programme,
    settings: &Settings,
    appointment: &Appointment,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let given = store::booking::appointment::made_at(db, appointment.id).await?.unwrap_or(now);
    Ok(change_until(appointment.starts_at, settings, &programme.calendar_when(given, now)))
}
