//! Examines events: no seat stays free while people wait for it, no step is long due, and names that were to be
//! erased are gone.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    gathering::{SeatKind, SignUpStatus, last_call},
    id::PublicationId,
};
use entity::{gathering, sign_up};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::Findings;
use crate::store::gathering::sign_up::{seat_count, tally};

/// The minutes for which a step may wait for the worker.
const GRACE: i64 = 10;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let events = gathering::Entity::find().order_by_asc(gathering::Column::Number).all(db).await?;
    let ids: Vec<_> = events.iter().map(|it| PublicationId(it.publication_id)).collect();
    let counts = tally(db, &ids).await?;
    for it in &events {
        let subject = format!("event {}", it.number);
        if it.due_at.is_some_and(|at| now - at > TimeDelta::minutes(GRACE)) {
            findings.add("event_step", &subject, "its next step is long due");
        }
        for (kind, seats) in [(SeatKind::Venue, it.venue_seats), (SeatKind::Online, it.online_seats)] {
            let capacity = seats.and_then(|it| u16::try_from(it).ok()).unwrap_or_default();
            let count = seat_count(&counts, PublicationId(it.publication_id), kind, capacity);
            let is_open = it.called_off_at.is_none() && now < last_call(kind, it.starts_at);
            if is_open && count.free() > 0 && count.waiting > 0 {
                findings.add("free_seat", &subject, "a seat is free while somebody waits for it");
            }
        }
    }
    let erased: Vec<_> =
        events.iter().filter(|it| it.erased_at.is_some()).map(|it| it.publication_id).collect();
    let kept = sign_up::Entity::find()
        .filter(sign_up::Column::PublicationId.is_in(erased))
        .filter(
            Condition::any()
                .add(sign_up::Column::Name.is_not_null())
                .add(sign_up::Column::Email.is_not_null()),
        )
        .filter(sign_up::Column::Status.ne(SignUpStatus::Unconfirmed.code()))
        .all(db)
        .await?;
    for it in kept {
        findings.add("erasure", format!("sign_up {}", it.id), "it has a name after the time to keep it");
    }
    Ok(())
}
