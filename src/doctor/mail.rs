//! Checks that no mail is stuck, and that no mail is marked as sent without a recorded try.
use chrono::{DateTime, TimeDelta, Utc};
use codes::{MailStatus, OutboxEvent};
use entity::{outbox, outbox_log};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::IntoCondition,
};
use uuid::Uuid;

use super::Findings;

/// The hours for which a mail may wait for the worker.
const GRACE: i64 = 1;

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let limit = now - TimeDelta::hours(GRACE);
    let gone =
        Condition::any().add(outbox::Column::LeaseUntil.is_null()).add(outbox::Column::LeaseUntil.lt(limit));
    let leased = Condition::all().add(outbox::Column::State.eq(MailStatus::Sending.code())).add(gone);
    let overdue = Condition::all()
        .add(outbox::Column::State.eq(MailStatus::Waiting.code()))
        .add(outbox::Column::HoldReason.is_null());
    let overdue = overdue.add(outbox::Column::DueAt.lt(limit));
    let attempted = outbox_log::Entity::find()
        .select_only()
        .column(outbox_log::Column::OutboxId)
        .filter(outbox_log::Column::Event.eq(OutboxEvent::Sent.code()));
    let unattempted = Condition::all()
        .add(outbox::Column::State.eq(MailStatus::Sent.code()))
        .add(outbox::Column::Id.not_in_subquery(attempted.into_query()));
    for (rule, which, what) in [
        ("mail_lease", leased, "its sender has been gone for more than an hour"),
        ("mail_waiting", overdue, "it should have been sent more than an hour ago"),
        ("mail_attempt", unattempted, "it is said to be sent, and no attempt says so"),
    ] {
        for it in which_mails(db, which).await? {
            findings.add(rule, format!("mail {it}"), what);
        }
    }
    Ok(())
}

async fn which_mails(db: &impl ConnectionTrait, which: impl IntoCondition) -> Result<Vec<Uuid>, DbErr> {
    outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(which.into_condition())
        .order_by_asc(outbox::Column::Id)
        .into_tuple()
        .all(db)
        .await
}
