//! Actions of a person on a mail. Each returns false if the mail's state does not allow the action.
use chrono::{DateTime, Utc};
use codes::{HoldReason, MailStatus};
use domain::id::{AccountId, MailId};
use entity::{outbox as row, outbox_log};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::{OutboxEvent, log_entry, outgoing_mail, push};
use crate::{mail::outgoing_mail::OutgoingMail, store::correspondence::bounce};

/// An action on a mail, with its actor and reason.
#[derive(Clone, Copy, Debug)]
struct Change<'a> {
    event: OutboxEvent,
    by: AccountId,
    reason: &'a str,
    now: DateTime<Utc>,
}

/// Holds a mail that would otherwise be sent by itself.
pub async fn hold(
    tx: &DatabaseTransaction,
    id: MailId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(HoldReason::Held.code()))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.hold_reason.is_null());
    done(tx, id, update, Change { event: OutboxEvent::Held, by, reason, now }).await
}

/// Releases a held mail.
pub async fn release(
    tx: &DatabaseTransaction,
    id: MailId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .filter(row::COLUMN.hold_reason.eq(HoldReason::Held.code()));
    done(tx, id, update, Change { event: OutboxEvent::Released, by, reason, now }).await
}

/// Cancels a mail that is waiting or has failed.
pub async fn cancel(
    tx: &DatabaseTransaction,
    id: MailId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(reason))
        .filter(row::COLUMN.state.is_in([MailStatus::Waiting, MailStatus::Failed].map(MailStatus::code)));
    done(tx, id, update, Change { event: OutboxEvent::Cancelled, by, reason, now }).await
}

/// Has a mail tried once more, at once and for another three days, under the same Message-ID. If the mail was
/// sent or suppressed, a new mail with the same content is written instead.
///
/// Resending a mail states that the address works, whatever its server has said before, so the bounces of the
/// address are cleared.
pub async fn resend(
    tx: &DatabaseTransaction,
    id: MailId,
    by: AccountId,
    reason: &str,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let Some(found) = row::Entity::find_by_id(id.0).one(tx).await? else { return Ok(false) };
    bounce::clear(tx, [found.recipient.as_str()], now).await?;
    if matches!(found.state.known(), Some(MailStatus::Sent | MailStatus::Suppressed)) {
        let mail = OutgoingMail { due_at: now, dedup_key: None, ..outgoing_mail(found)? };
        push(tx, vec![mail], domain, now).await?;
        let entry = log_entry(id.0, OutboxEvent::Resent, reason, Some(by), now);
        outbox_log::Entity::insert(entry).exec_without_returning(tx).await?;
        return Ok(true);
    }
    let update = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Waiting.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::DueAt, Expr::value(now))
        .col_expr(row::Column::PlannedAt, Expr::value(now))
        .col_expr(row::Column::Attempts, Expr::value(0))
        .filter(row::COLUMN.state.eq(MailStatus::Failed.code()).or(is_deferred()));
    done(tx, id, update, Change { event: OutboxEvent::Resent, by, reason, now }).await
}

fn is_deferred() -> Expr {
    row::COLUMN
        .state
        .eq(MailStatus::Waiting.code())
        .and(row::COLUMN.attempts.gt(0))
        .and(row::COLUMN.hold_reason.is_null())
}

async fn done(
    tx: &DatabaseTransaction,
    id: MailId,
    update: UpdateMany<row::Entity>,
    action: Change<'_>,
) -> Result<bool, DbErr> {
    if update.filter(row::COLUMN.id.eq(id.0)).exec(tx).await?.rows_affected == 0 {
        return Ok(false);
    }
    let entry = log_entry(id.0, action.event, action.reason, Some(action.by), action.now);
    outbox_log::Entity::insert(entry).exec_without_returning(tx).await?;
    Ok(true)
}
