//! The erasure of mails and files whose days are over, whatever their consultation, unless it is held.
use chrono::{DateTime, Utc};
use codes::{MailStatus, Trust};
use entity::{attachment, inbound_mail, inbound_raw, message, outbox};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

use super::erase_columns;
use crate::store::correspondence;

/// Erases up to `limit` received mails that came before `before`, wait for nobody and belong to no case of `held`: their
/// octets, and of one that belongs to no consultation its sender and subject too. Returns how many there were.
pub async fn erase_received(
    tx: &DatabaseTransaction,
    (before, now): (DateTime<Utc>, DateTime<Utc>),
    held: &[Uuid],
    limit: u64,
) -> Result<u64, DbErr> {
    let due: Vec<Uuid> = inbound_mail::Entity::find()
        .select_only()
        .column(inbound_mail::Column::Id)
        .filter(inbound_mail::COLUMN.received_at.lt(before))
        .filter(inbound_mail::COLUMN.raw_erased_at.is_null())
        .filter(inbound_mail::COLUMN.open.eq(false))
        .filter(is_free(inbound_mail::Column::ConsultationId, held))
        .order_by_asc(inbound_mail::COLUMN.received_at)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mails = || Condition::all().add(inbound_mail::Column::Id.is_in(due.iter().copied()));
    erase_raw(tx, mails(), now).await?;
    erase_sender(tx, mails().add(inbound_mail::COLUMN.consultation_id.is_null())).await?;
    Ok(due.len() as u64)
}

/// Erases these received mails as they came in.
pub(super) async fn erase_raw(
    tx: &DatabaseTransaction,
    mails: Condition,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let own = inbound_mail::Entity::find()
        .select_only()
        .column(inbound_mail::Column::Id)
        .filter(mails.clone())
        .into_query();
    inbound_raw::Entity::delete_many()
        .filter(inbound_raw::COLUMN.inbound_id.in_subquery(own))
        .exec(tx)
        .await?;
    inbound_mail::Entity::update_many()
        .col_expr(inbound_mail::Column::RawErasedAt, Expr::value(now))
        .filter(mails)
        .exec(tx)
        .await?;
    Ok(())
}

/// Erases who sent these mails and what about, and what people noted about them.
pub(super) async fn erase_sender(tx: &DatabaseTransaction, mails: Condition) -> Result<u64, DbErr> {
    use inbound_mail::Column as C;
    let texts = [
        C::EnvelopeTo,
        C::EnvelopeFrom,
        C::FromAddress,
        C::FromName,
        C::FromKey,
        C::Subject,
        C::MessageId,
        C::Outcome,
        C::HandledNote,
    ];
    erase_columns::<inbound_mail::Entity>(tx, mails, &texts, &[C::Added]).await
}

/// Returns the condition that a row belongs to no case that is held.
fn is_free(case: impl ColumnTrait, held: &[Uuid]) -> Condition {
    if held.is_empty() {
        return Condition::all();
    }
    Condition::any().add(case.is_null()).add(case.is_not_in(held.iter().copied()))
}

/// Erases the words of up to `limit` mails that were written before `before`, do not wait to be sent and belong to no case of
/// `held`. Returns how many there were.
pub async fn erase_sent(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    held: &[Uuid],
    limit: u64,
) -> Result<u64, DbErr> {
    let due: Vec<Uuid> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::COLUMN.created_at.lt(before))
        // As the index has it.
        .filter(Expr::cust("text_body <> ''"))
        .filter(
            outbox::COLUMN.state.is_not_in([MailStatus::Waiting, MailStatus::Sending].map(MailStatus::code)),
        )
        .filter(is_free(outbox::Column::ConsultationId, held))
        .order_by_asc(outbox::COLUMN.created_at)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    if !due.is_empty() {
        let mails = Condition::all().add(outbox::Column::Id.is_in(due.iter().copied()));
        correspondence::outbox::erase(tx, mails).await?;
    }
    Ok(due.len() as u64)
}

/// Erases up to `limit` files of messages that came before `before`, but none of a case of `held`. Their octets go when no row
/// names them any more. Returns how many there were.
pub async fn erase_files(
    tx: &DatabaseTransaction,
    before: DateTime<Utc>,
    held: &[Uuid],
    limit: u64,
) -> Result<u64, DbErr> {
    let of_held = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::ConsultationId.is_in(held.iter().copied()))
        .into_query();
    let due: Vec<Uuid> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Id)
        .filter(attachment::COLUMN.created_at.lt(before))
        // As the index has it.
        .filter(Expr::cust("name <> ''"))
        .filter(if held.is_empty() {
            Condition::all()
        } else {
            Condition::all().add(attachment::Column::MessageId.not_in_subquery(of_held))
        })
        .order_by_asc(attachment::COLUMN.created_at)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    erase_attachments(tx, Condition::all().add(attachment::Column::Id.is_in(due))).await
}

/// Erases files of messages. That there were some stays known.
pub(super) async fn erase_attachments(tx: &DatabaseTransaction, files: Condition) -> Result<u64, DbErr> {
    let erased = attachment::Entity::update_many()
        .col_expr(attachment::Column::State, Expr::value(Trust::Refused.code()))
        .col_expr(attachment::Column::Name, Expr::value(""))
        .col_expr(attachment::Column::Note, Expr::value("保存期間が過ぎたか、求めにより、消去しました"))
        .col_expr(attachment::Column::Sha256, Expr::cust("NULL"))
        .col_expr(attachment::Column::ScanAt, Expr::cust("NULL"))
        .filter(files)
        .exec(tx)
        .await?;
    Ok(erased.rows_affected)
}
