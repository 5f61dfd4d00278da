//! Mail that is held until the address of its recipient is confirmed.
use chrono::{DateTime, Utc};
use codes::{HoldReason, MailStatus};
use domain::id::ConsultationId;
use entity::{outbox as row, outbox_log};
use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, JsonValue as Json, QueryFilter, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::{OutboxEvent, log_entry, readdressed::READDRESSED};
use crate::mail::outgoing_mail::SendCondition;

/// Returns whether a mail is held only because its recipient's address is not confirmed yet.
pub fn awaits_address(row: &row::Model) -> bool {
    let is_held = row.hold_reason.as_ref().is_some_and(|it| *it == HoldReason::Held);
    row.state == MailStatus::Waiting && is_held && (needs_address(row) || is_readdressed(row))
}

/// Returns whether a mail was given the contact's corrected address, which has not been confirmed since. It may carry
/// another condition too.
fn is_readdressed(row: &row::Model) -> bool {
    row.last_reply.as_deref() == Some(READDRESSED)
}

/// Returns whether a mail was written before the address was confirmed, and the address has not been
/// confirmed since.
fn needs_address(row: &row::Model) -> bool {
    let send_condition = row.send_condition.clone().and_then(|it| serde_json::from_value(it).ok());
    matches!(send_condition, Some(SendCondition::AddressConfirmed { .. }))
}

/// Releases the mails of a consultation that are held for the address, as if they were written now. From now
/// on none of its mails waits for the confirmation, even if it is sent once more.
pub async fn address_confirmed(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let conditional = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.send_condition.is_not_null())
        .lock_exclusive();
    let mut mails = conditional.all(tx).await?;
    mails.retain(needs_address);
    row::Entity::update_many()
        .col_expr(row::Column::SendCondition, Expr::value(None::<Json>))
        .filter(row::COLUMN.id.is_in(mails.iter().map(|it| it.id)))
        .exec(tx)
        .await?;
    let held = waiting(&mails);
    let readdressed = release_readdressed(tx, id).await?;
    row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::DueAt, Expr::value(now))
        .col_expr(row::Column::PlannedAt, Expr::value(now))
        .filter(row::COLUMN.id.is_in(held.clone()))
        .exec(tx)
        .await?;
    let released = held.into_iter().chain(readdressed).collect();
    log(tx, released, OutboxEvent::Released, "the address was confirmed", now).await
}

/// Releases the mails that were given the corrected address, each at its own time.
async fn release_readdressed(tx: &DatabaseTransaction, id: ConsultationId) -> Result<Vec<Uuid>, DbErr> {
    let ids: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.last_reply.eq(READDRESSED))
        .into_tuple()
        .all(tx)
        .await?;
    row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(None::<String>))
        .filter(row::COLUMN.id.is_in(ids.clone()))
        .exec(tx)
        .await?;
    Ok(ids)
}

/// Suppresses mails that were written before `limit` and are still held for an unconfirmed address; returns
/// their number.
pub async fn fail_unconfirmed(
    tx: &DatabaseTransaction,
    limit: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    const WHY: &str = "nobody confirmed the address";
    let held = row::Entity::find().filter(row::COLUMN.state.eq(MailStatus::Waiting.code()));
    let held = held.filter(row::COLUMN.hold_reason.eq(HoldReason::Held.code()));
    // The rows are locked, so that no mail is released in the meantime.
    let mut old = held.filter(row::COLUMN.created_at.lt(limit)).lock_exclusive().all(tx).await?;
    // A planned mail was written long before its address was corrected.
    old.retain(|it| !is_readdressed(it));
    let ids = waiting(&old);
    let count = ids.len();
    if count == 0 {
        return Ok(0);
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(WHY))
        .filter(row::COLUMN.id.is_in(ids.clone()))
        .exec(tx)
        .await?;
    log(tx, ids, OutboxEvent::Suppressed, WHY, now).await?;
    Ok(count)
}

fn waiting(rows: &[row::Model]) -> Vec<Uuid> {
    rows.iter().filter(|it| awaits_address(it)).map(|it| it.id).collect()
}

async fn log(
    tx: &DatabaseTransaction,
    ids: Vec<Uuid>,
    event: OutboxEvent,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let entries = ids.into_iter().map(|it| log_entry(it, event, why, None, now));
    outbox_log::Entity::insert_many(entries).exec_without_returning(tx).await?;
    Ok(())
}
