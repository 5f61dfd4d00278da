//! Reports and questions after a session.
use chrono::{DateTime, TimeDelta, Utc};
use entity::{appointment, follow_up, report};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::Findings;

/// How long after its due moment a question may wait for the worker. Hours.
const GRACE: i64 = 24;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let not_done = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(appointment::Column::State.ne("done"));
    let reports: Vec<Uuid> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(report::Column::AppointmentId.in_subquery(not_done.into_query()))
        .order_by_asc(report::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    for it in reports {
        findings.add("report", format!("report {it}"), "the session it reports on has not taken place");
    }
    let waiting: Vec<Uuid> = follow_up::Entity::find()
        .select_only()
        .column(follow_up::Column::Id)
        .filter(follow_up::Column::State.eq("planned"))
        .filter(follow_up::Column::DueAt.lt(now - TimeDelta::hours(GRACE)))
        .order_by_asc(follow_up::Column::DueAt)
        .into_tuple()
        .all(db)
        .await?;
    for it in waiting {
        findings.add("follow_up", format!("follow_up {it}"), "it should have been sent more than a day ago");
    }
    Ok(())
}
