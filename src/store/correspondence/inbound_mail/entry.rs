//! Received mail as pages show it.
use chrono::{DateTime, Utc};
use domain::{
    correspondence::inbound_mail::{InboundReason, InboundState},
    id::{ConsultationId, MailId},
};
use entity::{Coded, inbound_mail as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::find;
use crate::store::consultation::case_merge::one_case;

/// A received mail, and what was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundEntry {
    pub id: Uuid,
    /// The recipient in the envelope as the mail server stated it; may be empty.
    pub envelope_to: String,
    /// The size of the whole message in octets, even if only its beginning was stored.
    pub size: i64,
    pub truncated: bool,
    pub received_at: DateTime<Utc>,
    pub state: Coded<InboundState>,
    /// The reason for which the mail was put into quarantine or dropped, if it was.
    pub reason: Coded<Option<InboundReason>>,
    /// A sentence that says how the mail was understood and what was done; may be empty.
    pub outcome: String,
    /// Whether a person at the center has to look at the mail.
    pub open: bool,
    pub from_address: String,
    pub from_name: String,
    /// The address in lower case.
    pub from_key: String,
    pub subject: String,
    pub consultation_id: Option<Uuid>,
    /// The start of another time that the sender proposes.
    pub proposed_start: Option<DateTime<Utc>>,
    pub proposed_end: Option<DateTime<Utc>>,
    pub handled_by: Option<Uuid>,
    pub handled_at: Option<DateTime<Utc>>,
    pub handled_note: String,
    /// When the mail as it came in was erased.
    pub raw_erased_at: Option<DateTime<Utc>>,
}

impl From<row::Model> for InboundEntry {
    fn from(it: row::Model) -> Self {
        Self {
            id: it.id,
            envelope_to: it.envelope_to,
            size: it.size,
            truncated: it.truncated,
            received_at: it.received_at,
            state: it.state,
            reason: it.reason,
            outcome: it.outcome,
            raw_erased_at: it.raw_erased_at,
            open: it.open,
            from_address: it.from_address,
            from_name: it.from_name,
            from_key: it.from_key,
            subject: it.subject,
            consultation_id: it.consultation_id,
            proposed_start: it.proposed_start,
            proposed_end: it.proposed_end,
            handled_by: it.handled_by,
            handled_at: it.handled_at,
            handled_note: it.handled_note,
        }
    }
}

/// The filter of the list of received mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundFilter {
    /// Mails that a person has to handle.
    Open,
    State(InboundState),
    All,
}

/// Returns a page of mails, newest first. With `before`, only mails before that id are returned.
pub async fn page(
    db: &impl ConnectionTrait,
    shown: InboundFilter,
    before: Option<MailId>,
    limit: u64,
) -> Result<Vec<InboundEntry>, DbErr> {
    let mut query = row::Entity::find();
    query = match shown {
        InboundFilter::Open => query.filter(row::COLUMN.open.eq(true)),
        InboundFilter::State(state) => query.filter(row::COLUMN.state.eq(state.code())),
        InboundFilter::All => query,
    };
    if let Some(before) = before {
        query = query.filter(row::COLUMN.id.lt(before.0));
    }
    let rows = query.order_by_desc(row::COLUMN.id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(InboundEntry::from).collect())
}

/// Returns how many mails wait for a person.
pub async fn count_open(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    row::Entity::find().filter(row::COLUMN.open.eq(true)).count(db).await
}

/// Returns every mail received for a consultation, newest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<InboundEntry>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::ConsultationId.in_subquery(one_case(id)))
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(InboundEntry::from).collect())
}

/// Returns one mail.
pub async fn entry(db: &impl ConnectionTrait, id: MailId) -> Result<Option<InboundEntry>, DbErr> {
    Ok(find(db, id).await?.map(InboundEntry::from))
}
