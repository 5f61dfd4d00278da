//! Examines the network: no step of a question or of a mentor is long due.
use chrono::{DateTime, TimeDelta, Utc};
use entity::{mentor, network_question};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::Findings;

/// The minutes for which a step may wait for the worker.
const GRACE: i64 = 10;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let late = now - TimeDelta::minutes(GRACE);
    let questions = network_question::Entity::find().filter(network_question::COLUMN.due_at.lt(late));
    for it in questions.all(db).await? {
        findings.add("network_step", format!("network_question {}", it.id), "its next step is long due");
    }
    for it in mentor::Entity::find().filter(mentor::COLUMN.due_at.lt(late)).all(db).await? {
        findings.add("network_step", format!("mentor {}", it.id), "its next step is long due");
    }
    Ok(())
}
