//! Actions of a person on a mail. Each returns false if the mail's state does not allow the action.
use chrono::{DateTime, Utc};
use codes::{HoldReason, MailStatus};
use domain::id::{AccountId, MailId};
use entity::{outbox as row, outbox_log};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, ExprTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::{OutboxEvent, log_entry, outgoing_mail, push};
use crate::{mail::outgoing_mail::OutgoingMail, store::correspondence::bounce};

/// The mail on which a person acts, and why.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    pub id: MailId,
    pub by: AccountId,
    pub reason: &'a str,
    pub now: DateTime<Utc>,
}

/// Holds a mail that would otherwise be sent by itself.
pub async fn hold(tx: &DatabaseTransaction, it: ByHand<'_>) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(HoldReason::Held.code()))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.hold_reason.is_null());
    done(tx, it, update, OutboxEvent::Held).await
}

/// Releases a held mail.
pub async fn release(tx: &DatabaseTransaction, it: ByHand<'_>) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .filter(row::COLUMN.hold_reason.eq(HoldReason::Held.code()));
    done(tx, it, update, OutboxEvent::Released).await
}

/// Cancels a mail that is waiting or has failed.
pub async fn cancel(tx: &DatabaseTransaction, it: ByHand<'_>) -> Result<bool, DbErr> {
    let update = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(it.reason))
        .filter(row::COLUMN.state.is_in([MailStatus::Waiting, MailStatus::Failed].map(MailStatus::code)));
    done(tx, it, update, OutboxEvent::Cancelled).await
}

/// Has a mail tried once more, at once and for another three days, under the same Message-ID. If the mail was
/// sent or suppressed, a new mail with the same content is written instead.
///
/// Resending a mail states that the address works, whatever its server has said before, so the bounces of the
/// address are cleared.
pub async fn resend(tx: &DatabaseTransaction, it: ByHand<'_>, domain: &str) -> Result<bool, DbErr> {
    let (id, now) = (it.id, it.now);
    let Some(found) = row::Entity::find_by_id(id.0).one(tx).await? else { return Ok(false) };
    bounce::clear(tx, [found.recipient.as_str()], now).await?;
    if matches!(found.state.known(), Some(MailStatus::Sent | MailStatus::Suppressed)) {
        let mail = OutgoingMail { due_at: now, dedup_key: None, ..outgoing_mail(found)? };
        push(tx, vec![mail], domain, now).await?;
        log(tx, it, OutboxEvent::Resent).await?;
        return Ok(true);
    }
    let update = row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Waiting.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::DueAt, Expr::value(now))
        .col_expr(row::Column::PlannedAt, Expr::value(now))
        .col_expr(row::Column::Attempts, Expr::value(0))
        .filter(row::COLUMN.state.eq(MailStatus::Failed.code()).or(is_deferred()));
    done(tx, it, update, OutboxEvent::Resent).await
}

fn is_deferred() -> Expr {
    row::COLUMN
        .state
        .eq(MailStatus::Waiting.code())
        .and(row::COLUMN.attempts.gt(0))
        .and(row::COLUMN.hold_reason.is_null())
}

/// Makes the change of a mail and logs it. Returns false if the mail's state does not allow it.
async fn done(
    tx: &DatabaseTransaction,
    it: ByHand<'_>,
    update: UpdateMany<row::Entity>,
    event: OutboxEvent,
) -> Result<bool, DbErr> {
    if update.filter(row::COLUMN.id.eq(it.id.0)).exec(tx).await?.rows_affected == 0 {
        return Ok(false);
    }
    log(tx, it, event).await?;
    Ok(true)
}

async fn log(tx: &DatabaseTransaction, it: ByHand<'_>, event: OutboxEvent) -> Result<(), DbErr> {
    let entry = log_entry(it.id.0, event, it.reason, Some(it.by), it.now);
    outbox_log::Entity::insert(entry).exec_without_returning(tx).await?;
    Ok(())
}
