//! Examines surveys and reports of doubtful requests: no step is long due, given answers are the answers of no person, and
//! persons that were to be erased are gone.
use chrono::{DateTime, TimeDelta, Utc};
use domain::survey::{DoubtStatus, doubt};
use entity::{doubt as doubt_row, survey, survey_code};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::Findings;
use crate::store::survey::code;

/// The minutes for which a step may wait for the worker.
const GRACE: i64 = 10;

/// The days for which an erasure may wait for the worker.
const GRACE_DAYS: i64 = 2;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let late = now - TimeDelta::minutes(GRACE);
    let surveys = survey::Entity::find().order_by_asc(survey::Column::Number).all(db).await?;
    for it in &surveys {
        if it.due_at.is_some_and(|at| at < late) {
            findings.add("survey_step", format!("survey {}", it.number), "its next step is long due");
        }
    }
    let erased = surveys.iter().filter(|it| it.erased_at.is_some()).map(|it| it.publication_id);
    let kept = survey_code::Entity::find()
        .filter(survey_code::COLUMN.publication_id.is_in(erased))
        .filter(code::mailed())
        .all(db)
        .await?;
    for it in kept {
        let what = "it has a recipient after the time to keep them";
        findings.add("erasure", format!("survey_code {}", it.id), what);
    }
    let doubts = doubt_row::Entity::find().filter(doubt_row::COLUMN.due_at.lt(late)).all(db).await?;
    for it in doubts {
        let is_kept = it.status == DoubtStatus::Settled
            && it.settled_at.is_some_and(|at| at + doubt::KEPT + TimeDelta::days(GRACE_DAYS) < now);
        let (rule, what) = if is_kept {
            ("erasure", "it has a text and a person after the time to keep them")
        } else {
            ("doubt_step", "its next step is long due")
        };
        findings.add(rule, format!("doubt {}", it.id), what);
    }
    Ok(())
}
