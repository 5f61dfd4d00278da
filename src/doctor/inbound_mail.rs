//! Checks that every received mail has its bytes, and that none waits for the worker.
use chrono::{DateTime, TimeDelta, Utc};
use codes::InboundState;
use entity::{inbound_mail as row, inbound_raw};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::Findings;

/// The hours for which a mail may wait to be processed.
const GRACE: i64 = 1;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let kept = inbound_raw::Entity::find().select_only().column(inbound_raw::Column::InboundId);
    let waiting = Condition::all()
        .add(row::Column::State.eq(InboundState::Stored.code()))
        .add(row::Column::ReceivedAt.lt(now - TimeDelta::hours(GRACE)));
    let empty = Condition::all().add(row::Column::Id.not_in_subquery(kept.into_query()));
    for (rule, which, what) in [
        ("inbound_waiting", waiting, "it came in more than an hour ago, and nobody has looked at it"),
        ("inbound_raw", empty, "its octets are gone"),
    ] {
        let found: Vec<Uuid> = row::Entity::find()
            .select_only()
            .column(row::Column::Id)
            .filter(which)
            .order_by_asc(row::Column::Id)
            .into_tuple()
            .all(db)
            .await?;
        for it in found {
            findings.add(rule, format!("inbound mail {it}"), what);
        }
    }
    Ok(())
}
