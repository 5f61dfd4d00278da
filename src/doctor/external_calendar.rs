//! Examines external calendars and the entries in them: nothing is left over, and nothing is missing.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use codes::AppointmentStatus;
use entity::{
    appointment, appointment_expert, cancelled_invitation, event, external_busy, external_calendar,
    external_entry,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationDef, sea_query::Expr,
};
use uuid::Uuid;

use super::Findings;
use crate::store::calendars::external::entry::{OutdatedEntry, outdated_entries};

/// The hours by which an external calendar may be behind.
const GRACE: i64 = 1;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let limit = now - TimeDelta::hours(GRACE);
    orphans(db, findings).await?;
    unread(db, limit, findings).await?;
    unwritten(db, limit, findings).await?;
    participants(db, findings).await
}

/// Reports rows whose calendar or appointment no longer exists.
async fn orphans(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let sources =
        || external_calendar::Entity::find().select_only().column(external_calendar::Column::Id).into_query();
    let appointments = appointment::Entity::find().select_only().column(appointment::Column::Id).into_query();
    let busy: Vec<Uuid> = external_busy::Entity::find()
        .select_only()
        .column(external_busy::Column::SourceId)
        .filter(external_busy::Column::SourceId.not_in_subquery(sources()))
        .group_by(external_busy::Column::SourceId)
        .into_tuple()
        .all(db)
        .await?;
    for it in busy {
        findings.add("orphan_busy", format!("calendar {it}"), "it is gone and still takes somebody's time");
    }
    let of_nothing = external_entry::Column::AppointmentId
        .not_in_subquery(appointments)
        .or(external_entry::Column::SourceId.not_in_subquery(sources()));
    let entries: Vec<Uuid> = external_entry::Entity::find()
        .select_only()
        .column(external_entry::Column::Id)
        .filter(of_nothing)
        .into_tuple()
        .all(db)
        .await?;
    for it in entries {
        findings.add(
            "orphan_entry",
            format!("calendar entry {it}"),
            "its appointment or its calendar is gone",
        );
    }
    Ok(())
}

/// Reports calendars that are due and have not been read.
async fn unread(
    db: &impl ConnectionTrait,
    limit: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let waiting: Vec<Uuid> = external_calendar::Entity::find()
        .select_only()
        .column(external_calendar::Column::Id)
        .filter(external_calendar::COLUMN.due_at.lt(limit))
        .into_tuple()
        .all(db)
        .await?;
    for it in waiting {
        findings.add(
            "calendar_waiting",
            format!("calendar {it}"),
            "it should have been read more than an hour ago",
        );
    }
    Ok(())
}

/// Reports bookings that an external calendar lacks, or still has, although its server answers and accepts
/// changes.
async fn unwritten(
    db: &impl ConnectionTrait,
    limit: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let behind = outdated_entries(db, limit).await?;
    if behind.is_empty() {
        return Ok(());
    }
    let since = since(db, &behind).await?;
    for it in behind {
        // Shortly after a change, the calendar is necessarily behind.
        if since.get(&(it.source, it.appointment)).is_some_and(|since| *since < limit) {
            let what = if it.booked {
                "it is booked, and for more than an hour has not been put into the calendar"
            } else {
                "it is not booked any more, and for more than an hour has not been taken out of the calendar"
            };
            findings.add(
                "external_entry",
                format!("appointment {}, calendar {}", it.appointment, it.source),
                what,
            );
        }
    }
    Ok(())
}

/// Returns the time since which a calendar and an appointment are unchanged: not before the last event of the
/// consultation.
async fn since(
    db: &impl ConnectionTrait,
    behind: &[OutdatedEntry],
) -> Result<BTreeMap<(Uuid, Uuid), DateTime<Utc>>, DbErr> {
    let given: Vec<(Uuid, DateTime<Utc>)> = external_calendar::Entity::find()
        .select_only()
        .columns([external_calendar::Column::Id, external_calendar::Column::CreatedAt])
        .filter(external_calendar::Column::Id.is_in(behind.iter().map(|it| it.source)))
        .into_tuple()
        .all(db)
        .await?;
    let last: Vec<(Uuid, DateTime<Utc>)> = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .column_as(event::Column::At.max(), "last")
        .join(JoinType::InnerJoin, events())
        .filter(appointment::Column::Id.is_in(behind.iter().map(|it| it.appointment)))
        .group_by(appointment::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let (given, last): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (given.into_iter().collect(), last.into_iter().collect());
    let since = |it: &OutdatedEntry| {
        let at = given.get(&it.source)?.max(last.get(&it.appointment)?);
        Some(((it.source, it.appointment), *at))
    };
    Ok(behind.iter().filter_map(since).collect())
}

/// Checks that an expert who takes part again was told under a higher SEQUENCE than that of the cancellation
/// before.
async fn participants(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let present = Expr::col((appointment_expert::Entity, appointment_expert::Column::ExpertId));
    let left = Expr::col((cancelled_invitation::Entity, cancelled_invitation::Column::ExpertId));
    let ended = Expr::col((cancelled_invitation::Entity, cancelled_invitation::Column::Sequence));
    let sequence = Expr::col((appointment::Entity, appointment::Column::Sequence));
    let wrong: Vec<(Uuid, Uuid)> = cancelled_invitation::Entity::find()
        .select_only()
        .columns([cancelled_invitation::Column::AppointmentId, cancelled_invitation::Column::ExpertId])
        .join(JoinType::InnerJoin, of_appointment())
        .join(JoinType::InnerJoin, of_participation())
        .filter(
            appointment::Column::State
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .filter(present.eq(left))
        .filter(ended.gte(sequence))
        .into_tuple()
        .all(db)
        .await?;
    for (appointment, expert) in wrong {
        let what = format!("expert {expert} has a part in it, and was last told that it is over");
        findings.add("cancelled_invitation", format!("appointment {appointment}"), what);
    }
    Ok(())
}

fn events() -> RelationDef {
    appointment::Entity::belongs_to(event::Entity)
        .from(appointment::Column::ConsultationId)
        .to(event::Column::ConsultationId)
        .into()
}

fn of_appointment() -> RelationDef {
    cancelled_invitation::Entity::belongs_to(appointment::Entity)
        .from(cancelled_invitation::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

fn of_participation() -> RelationDef {
    cancelled_invitation::Entity::belongs_to(appointment_expert::Entity)
        .from(cancelled_invitation::Column::AppointmentId)
        .to(appointment_expert::Column::AppointmentId)
        .into()
}
