//! Consultations that are due to be erased, and what the erasure of one reaches.
use chrono::{DateTime, Utc};
use codes::ConsultationStatus;
use domain::{id::ConsultationId, number::CaseNumber, retention::RetentionPart};
use entity::{attachment, consultation, inbound_mail, message, outbox, report};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{case_erasure::with_merged, hold};
use crate::store::{contradiction, known};

/// The open holds on a consultation of the statement around, or on a case that was merged into it.
const HELD: &str = "SELECT 1 FROM legal_hold h JOIN consultation m ON m.id = h.consultation_id \
                    WHERE h.lifted_at IS NULL AND (m.id = consultation.id OR m.merged_into = consultation.id)";

/// Returns the consultations whose `part` is to be erased because they ended before `before`: without those that are held,
/// and without those that were merged into another, with which they are erased.
fn due(part: RetentionPart, before: DateTime<Utc>) -> Select<consultation::Entity> {
    let erased_at = match part {
        RetentionPart::Contact => consultation::Column::ContactErasedAt,
        RetentionPart::Record => consultation::Column::RecordErasedAt,
    };
    consultation::Entity::find()
        .filter(consultation::COLUMN.ended_at.is_not_null())
        .filter(consultation::COLUMN.ended_at.lt(before))
        .filter(consultation::COLUMN.merged_into.is_null())
        .filter(erased_at.is_null())
        .filter(Expr::cust(format!("NOT EXISTS ({HELD})")))
}

/// Returns the number of consultations whose `part` is due.
pub async fn count_due(
    db: &impl ConnectionTrait,
    part: RetentionPart,
    before: DateTime<Utc>,
) -> Result<u64, DbErr> {
    due(part, before).count(db).await
}

/// Returns the keys of up to `limit` consultations whose `part` is due, those first that ended first, without those of
/// `except`.
pub async fn next_due(
    db: &impl ConnectionTrait,
    part: RetentionPart,
    before: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    due(part, before)
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.id.is_not_in(except.iter().copied()))
        .order_by_asc(consultation::Column::EndedAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// A consultation that is due, as the administrator reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCase {
    pub number: CaseNumber,
    pub state: ConsultationStatus,
    pub ended_at: DateTime<Utc>,
}

/// Returns up to `limit` consultations whose `part` is due, those first that ended first.
pub async fn due_cases(
    db: &impl ConnectionTrait,
    part: RetentionPart,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<DueCase>, DbErr> {
    let rows = due(part, before).order_by_asc(consultation::Column::EndedAt).limit(limit).all(db).await?;
    rows.iter()
        .map(|row| {
            let wrong = |why: &str| contradiction(consultation::Entity, row.id, why);
            Ok(DueCase {
                number: CaseNumber::parse(&row.number).map_err(|err| wrong(&err.to_string()))?,
                state: known(&row.state, consultation::Column::State, row.id)?,
                ended_at: row.ended_at.ok_or_else(|| wrong("it has not ended"))?,
            })
        })
        .collect()
}

/// The extent of the erasure of a consultation, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureExtent {
    pub ended_at: Option<DateTime<Utc>>,
    pub contact_erased_at: Option<DateTime<Utc>>,
    pub record_erased_at: Option<DateTime<Utc>>,
    pub is_held: bool,
    pub sent_mails: u64,
    pub received_mails: u64,
    pub messages: u64,
    pub files: u64,
    pub reports: u64,
}

/// Returns what an erasure of a consultation reaches, with the cases that were merged into it.
pub async fn extent(db: &impl ConnectionTrait, id: ConsultationId) -> Result<ErasureExtent, DbErr> {
    let rows = consultation::Entity::find().filter(with_merged(id)).all(db).await?;
    let ids: Vec<Uuid> = rows.iter().map(|it| it.id).collect();
    let kept = rows.into_iter().find(|it| it.id == id.0);
    let kept = kept.ok_or_else(|| contradiction(consultation::Entity, id, "is gone"))?;
    let messages = message::Entity::find().filter(message::COLUMN.consultation_id.is_in(ids.iter().copied()));
    let of_messages = messages.clone().select_only().column(message::Column::Id).into_query();
    Ok(ErasureExtent {
        ended_at: kept.ended_at,
        contact_erased_at: kept.contact_erased_at,
        record_erased_at: kept.record_erased_at,
        is_held: hold::any(db, &ids).await?,
        sent_mails: outbox::Entity::find()
            .filter(outbox::Column::ConsultationId.is_in(ids.iter().copied()))
            .count(db)
            .await?,
        received_mails: inbound_mail::Entity::find()
            .filter(inbound_mail::Column::ConsultationId.is_in(ids.iter().copied()))
            .count(db)
            .await?,
        messages: messages.count(db).await?,
        files: attachment::Entity::find()
            .filter(attachment::Column::MessageId.in_subquery(of_messages))
            .count(db)
            .await?,
        reports: report::Entity::find().filter(report::Column::ConsultationId.is_in(ids)).count(db).await?,
    })
}
