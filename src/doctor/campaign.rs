//! Examines telework months: no step is long due, the public list has approved registrations alone, and
//! persons and addresses that were to be erased are gone.
use chrono::{DateTime, TimeDelta, Utc};
use domain::campaign::{ENDED_KEPT, RegistrantKind, RegistrationStatus};
use entity::{campaign, registration};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::Findings;
use crate::store::campaign::registration::ENDED;

/// The minutes for which a step may wait for the worker.
const GRACE: i64 = 10;

/// The days for which an address that was not proved, and an erasure, may wait for the worker.
const GRACE_DAYS: i64 = 2;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let campaigns = campaign::Entity::find().order_by_asc(campaign::Column::Year).all(db).await?;
    for it in &campaigns {
        if it.due_at.is_some_and(|at| now - at > TimeDelta::minutes(GRACE)) {
            findings.add("month_step", format!("month {}", it.year), "its next step is long due");
        }
    }
    let found = registration::Entity::find().filter(suspects(&campaigns, now)).all(db).await?;
    for it in found {
        let erased =
            campaigns.iter().any(|of| of.publication_id == it.publication_id && of.erased_at.is_some());
        let (rule, what) = if it.status == RegistrationStatus::Unproved {
            ("month_unproved", "its address was not proved in time, and is still kept")
        } else if it.status == RegistrationStatus::Approved && it.listed_name.is_none() {
            // The names of individuals leave the list when they are erased.
            if it.name.is_none() && it.kind == RegistrantKind::Individual {
                continue;
            }
            ("month_list", "it is approved and not in the list")
        } else if erased {
            ("erasure", "it has a person or an address after the time to keep them")
        } else {
            ("erasure", "it has ended, and has a person or an address after the time to keep them")
        };
        findings.add(rule, format!("registration {}", it.id), what);
    }
    Ok(())
}

/// Returns the condition for registrations of which something may be wrong.
fn suspects(campaigns: &[campaign::Model], now: DateTime<Utc>) -> Condition {
    let late = now - TimeDelta::days(GRACE_DAYS);
    let erased = campaigns.iter().filter(|it| it.erased_at.is_some()).map(|it| it.publication_id);
    let is_personal = Condition::any()
        .add(registration::Column::ContactName.is_not_null())
        .add(registration::Column::Email.is_not_null())
        .add(registration::Column::Phone.is_not_null());
    let unproved = Condition::all()
        .add(registration::Column::Status.eq(RegistrationStatus::Unproved.code()))
        .add(registration::Column::Until.lt(late));
    let unlisted = Condition::all()
        .add(registration::Column::Status.eq(RegistrationStatus::Approved.code()))
        .add(registration::Column::ListedName.is_null());
    let ended = Condition::all()
        .add(registration::Column::Status.is_in(ENDED.map(RegistrationStatus::code)))
        .add(registration::Column::StateSince.lt(late - ENDED_KEPT));
    let over = Condition::any().add(registration::Column::PublicationId.is_in(erased)).add(ended);
    Condition::any().add(unproved).add(unlisted).add(Condition::all().add(over).add(is_personal))
}
