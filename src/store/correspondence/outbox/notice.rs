//! The waiting mails that announce new messages of a consultation, which are planned for opening hours.
use chrono::{DateTime, Utc};
use codes::MailStatus;
use domain::id::ConsultationId;
use entity::outbox as row;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

/// A notice that was not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingNotice {
    pub key: String,
    /// The address of its reader.
    pub to: String,
    /// The time of the first message that it announces.
    pub planned_at: DateTime<Utc>,
}

/// Returns the waiting notices about a consultation whose key begins with `prefix`.
pub async fn waiting_notices(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    prefix: &str,
) -> Result<Vec<WaitingNotice>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.dedup_key.starts_with(prefix))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .all(db)
        .await?;
    let notice = |it: row::Model| {
        Some(WaitingNotice { key: it.dedup_key?, to: it.recipient, planned_at: it.created_at })
    };
    Ok(rows.into_iter().filter_map(notice).collect())
}

/// Suppresses the waiting notices with these keys. The keys are free again, so that a later message is announced at the same
/// time.
pub async fn withdraw_notices(tx: &DatabaseTransaction, keys: &[String], why: &str) -> Result<(), DbErr> {
    if keys.is_empty() {
        return Ok(());
    }
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::value(None::<String>))
        .col_expr(row::Column::LastReply, Expr::value(why))
        .col_expr(row::Column::DedupKey, Expr::value(None::<String>))
        .filter(row::COLUMN.dedup_key.is_in(keys.iter().map(String::as_str)))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .exec(tx)
        .await?;
    Ok(())
}
