//! Examines companies that wait for an earlier time: a time that is held for a company is offered to it
//! alone.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use codes::{AppointmentStatus, ConsultationStatus, WaitingOfferState};
use entity::{appointment, appointment_expert, consultation, waiting_list_entry, waiting_offer};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Findings;

/// The minutes for which an offer may wait for the worker after its limit.
const GRACE: i64 = 10;

/// The states in which a company can wait.
const MAY_WAIT: [ConsultationStatus; 2] = [ConsultationStatus::Scheduling, ConsultationStatus::Booked];

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let waiting = waiting_list_entry::Entity::find()
        .filter(waiting_list_entry::Column::EndedAt.is_null())
        .all(db)
        .await?;
    states(db, &waiting, findings).await?;
    let waiting: BTreeSet<_> = waiting.into_iter().map(|it| it.id).collect();
    let offers = waiting_offer::Entity::find()
        .filter(waiting_offer::Column::State.eq(WaitingOfferState::Open.code()))
        .order_by_asc(waiting_offer::Column::Id)
        .all(db)
        .await?;
    let held = appointment::Entity::find()
        .filter(appointment::Column::WaitingId.is_not_null())
        .filter(appointment::Column::EndedAt.is_null())
        .all(db)
        .await?;
    let held: BTreeMap<_, _> = held.into_iter().map(|it| (it.id, it)).collect();
    for offer in &offers {
        let mut wrong = |what: &str| findings.add("offer", format!("offer {}", offer.id), what);
        match held.get(&offer.appointment_id) {
            None => wrong("nothing is held for it"),
            Some(it) if it.waiting_id != Some(offer.waiting_id) => {
                wrong("its time is held for another company");
            }
            Some(it) if it.starts_at != offer.starts_at || it.held_until != Some(offer.until) => {
                wrong("another time is held, or until another moment");
            }
            Some(it) if it.state != AppointmentStatus::Held => {
                wrong("its time is booked, and it has no answer");
            }
            Some(_) => {}
        }
        if !waiting.contains(&offer.waiting_id) {
            wrong("the company waits no longer");
        }
        if now - offer.until > TimeDelta::minutes(GRACE) {
            wrong("its answer is long due");
        }
    }
    let offered: BTreeSet<_> = offers.iter().map(|it| it.appointment_id).collect();
    for id in held.keys().filter(|it| !offered.contains(it)) {
        findings.add("offer", format!("appointment {id}"), "it is held for an offer that is over");
    }
    one_each(db, &held, findings).await
}

/// Checks that no company waits for an appointment that has taken place or will never take place.
async fn states(
    db: &impl ConnectionTrait,
    all: &[waiting_list_entry::Model],
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let rows = consultation::Entity::find()
        .filter(consultation::Column::Id.is_in(all.iter().map(|it| it.consultation_id)))
        .all(db)
        .await?;
    for row in rows.iter().filter(|it| it.state.known().is_none_or(|it| !MAY_WAIT.contains(&it))) {
        findings.add(
            "waiting",
            &row.number,
            format!("it is {} and still waits for a time", row.state.code()),
        );
    }
    Ok(())
}

/// Checks that a time of an expert is offered to only one company.
async fn one_each(
    db: &impl ConnectionTrait,
    held: &BTreeMap<Uuid, appointment::Model>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let participations = appointment_expert::Entity::find()
        .filter(appointment_expert::Column::AppointmentId.is_in(held.keys().copied()))
        .all(db)
        .await?;
    let mut taken = BTreeSet::new();
    for participation in participations {
        let Some(it) = held.get(&participation.appointment_id) else { continue };
        if !taken.insert((participation.expert_id, it.starts_at)) {
            findings.add(
                "offer",
                format!("appointment {}", it.id),
                "its time is offered to another company too",
            );
        }
    }
    Ok(())
}
