//! The outbox as pages show it.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::{HoldReason, MailStatus, OutboxEvent};
use domain::{
    correspondence::outgoing_mail::MailState,
    id::{ConsultationId, MailId},
};
use entity::{Coded, outbox as row, outbox_log};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{awaits_address, find, mail};
use crate::{
    mail::outgoing_mail::QueuedMail,
    store::{consultation::case_merge::one_case, containing},
};

/// A mail of the outbox as it is at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    pub id: Uuid,
    pub consultation_id: Option<Uuid>,
    /// The code of its `MailKind`.
    pub kind: String,
    pub recipient: String,
    pub recipient_name: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    pub calendar: Option<String>,
    pub message_id: String,
    pub state: MailState,
    /// Whether the mail is held only because its recipient's address is not confirmed yet.
    pub awaits_address: bool,
    pub due_at: DateTime<Utc>,
    pub attempts: i32,
    /// The last reply of the mail server, or the last failure.
    pub last_reply: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

impl OutboxEntry {
    fn of(it: row::Model, now: DateTime<Utc>) -> Self {
        Self {
            state: state(&it, now),
            awaits_address: awaits_address(&it),
            id: it.id,
            consultation_id: it.consultation_id,
            kind: it.kind,
            recipient: it.recipient,
            recipient_name: it.recipient_name,
            subject: it.subject,
            text_body: it.text_body,
            html_body: it.html_body,
            calendar: it.calendar,
            message_id: it.message_id,
            due_at: it.due_at,
            attempts: it.attempts,
            last_reply: it.last_reply,
            created_at: it.created_at,
            sent_at: it.sent_at,
        }
    }
}

/// Something that happened to a mail of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxLogEntry {
    pub at: DateTime<Utc>,
    pub event: Coded<OutboxEvent>,
    /// The reply of the server, or the reason that a person gave.
    pub detail: String,
    /// The account that did it; `None` if it was not a person.
    pub account_id: Option<Uuid>,
}

/// Returns the mails of a consultation as they are at `now`, newest first.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<OutboxEntry>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::Column::ConsultationId.in_subquery(one_case(id)))
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|it| OutboxEntry::of(it, now)).collect())
}

/// Returns a mail as it is at `now`.
pub async fn entry(
    db: &impl ConnectionTrait,
    id: MailId,
    now: DateTime<Utc>,
) -> Result<Option<OutboxEntry>, DbErr> {
    Ok(find(db, id).await?.map(|it| OutboxEntry::of(it, now)))
}

/// Returns a mail as it is or was handed to the mail server; `None` if there is no such mail or it cannot be read.
pub async fn queued(db: &impl ConnectionTrait, id: MailId) -> Result<Option<QueuedMail>, DbErr> {
    Ok(find(db, id).await?.and_then(|it| mail(it).ok()))
}

/// Returns everything that happened to a mail, oldest first.
pub async fn log_of(db: &impl ConnectionTrait, id: MailId) -> Result<Vec<OutboxLogEntry>, DbErr> {
    let rows = outbox_log::Entity::find()
        .filter(outbox_log::COLUMN.outbox_id.eq(id.0))
        .order_by_asc(outbox_log::COLUMN.id)
        .all(db)
        .await?;
    let of = |it: outbox_log::Model| OutboxLogEntry {
        at: it.at,
        event: it.event,
        detail: it.detail,
        account_id: it.account_id,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The filter of the list of mails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    pub state: Option<MailState>,
    /// The searched text: part of an address, a name or a subject, or a Message-ID.
    pub search: String,
}

/// Returns a page of mails, the last written first. With `before`, only mails before that id are returned.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &OutboxFilter,
    before: Option<MailId>,
    limit: u64,
    now: DateTime<Utc>,
) -> Result<Vec<OutboxEntry>, DbErr> {
    let mut query = row::Entity::find();
    if let Some(state) = filter.state {
        query = query.filter(is_in(state, now));
    }
    if !filter.search.is_empty() {
        let columns = [row::Column::Recipient, row::Column::RecipientName, row::Column::Subject];
        let found = columns
            .into_iter()
            .fold(Expr::col((row::Entity, row::Column::MessageId)).eq(filter.search.as_str()), |any, it| {
                any.or(Expr::col((row::Entity, it)).like(containing(&filter.search)))
            });
        query = query.filter(found);
    }
    if let Some(before) = before {
        query = query.filter(row::COLUMN.id.lt(before.0));
    }
    let rows = query.order_by_desc(row::COLUMN.id).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(|it| OutboxEntry::of(it, now)).collect())
}

/// The state, the hold reason, two flags of the query below, and the number of such mails.
type TallyRow = (Coded<MailStatus>, Option<Coded<HoldReason>>, bool, bool, i64);

/// Returns how many mails are in each state of a mail that is not done with, by the code of the state. Mails that were sent or
/// suppressed are most of the table, and nobody asks for their number.
pub async fn tally(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<BTreeMap<&'static str, i64>, DbErr> {
    let late = row::COLUMN.due_at.gt(now);
    let open = [MailStatus::Waiting, MailStatus::Sending, MailStatus::Failed].map(MailStatus::code);
    let rows: Vec<TallyRow> = row::Entity::find()
        .select_only()
        .filter(row::COLUMN.state.is_in(open))
        .column(row::Column::State)
        .column(row::Column::HoldReason)
        .expr_as(late, "late")
        .expr_as(row::COLUMN.attempts.gt(0), "tried")
        .expr_as(Expr::col((row::Entity, row::Column::Id)).count(), "n")
        .group_by(row::Column::State)
        .group_by(row::Column::HoldReason)
        // Grouped by name: PostgreSQL takes the same expression with another parameter for a different one.
        .group_by(Expr::cust("late"))
        .group_by(Expr::cust("tried"))
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: BTreeMap<_, _> = MailState::ALL.into_iter().map(|it| (it.code(), 0)).collect();
    for (state, hold_reason, late, tried, n) in rows {
        let state = named(&state, hold_reason.is_some(), late, tried);
        *counts.entry(state.code()).or_default() += n;
    }
    Ok(counts)
}

/// Returns the state of a mail at `now`.
pub fn state(row: &row::Model, now: DateTime<Utc>) -> MailState {
    named(&row.state, row.hold_reason.is_some(), row.due_at > now, row.attempts > 0)
}

/// Returns the state that a row's columns stand for. A stored text that is no status is shown among the mails
/// that have not been sent; no worker leases such a row.
fn named(status: &Coded<MailStatus>, has_hold_reason: bool, is_later: bool, is_tried: bool) -> MailState {
    match status.known() {
        Some(MailStatus::Sending) => MailState::Sending,
        Some(MailStatus::Sent) => MailState::Sent,
        Some(MailStatus::Suppressed) => MailState::Suppressed,
        Some(MailStatus::Failed) if has_hold_reason => MailState::Unknown,
        Some(MailStatus::Failed) => MailState::Failed,
        Some(MailStatus::Waiting) | None if has_hold_reason => MailState::Held,
        Some(MailStatus::Waiting) | None if is_tried => MailState::Deferred,
        Some(MailStatus::Waiting) | None if is_later => MailState::Planned,
        Some(MailStatus::Waiting) | None => MailState::Ready,
    }
}

fn is_in(state: MailState, now: DateTime<Utc>) -> Expr {
    let stored = |it: MailStatus| row::COLUMN.state.eq(it.code());
    let waiting = || stored(MailStatus::Waiting).and(row::COLUMN.hold_reason.is_null());
    match state {
        MailState::Planned => waiting().and(row::COLUMN.attempts.eq(0)).and(row::COLUMN.due_at.gt(now)),
        MailState::Ready => waiting().and(row::COLUMN.attempts.eq(0)).and(row::COLUMN.due_at.lte(now)),
        MailState::Deferred => waiting().and(row::COLUMN.attempts.gt(0)),
        MailState::Held => stored(MailStatus::Waiting).and(row::COLUMN.hold_reason.is_not_null()),
        MailState::Failed => stored(MailStatus::Failed).and(row::COLUMN.hold_reason.is_null()),
        MailState::Unknown => stored(MailStatus::Failed).and(row::COLUMN.hold_reason.is_not_null()),
        MailState::Sending => stored(MailStatus::Sending),
        MailState::Sent => stored(MailStatus::Sent),
        MailState::Suppressed => stored(MailStatus::Suppressed),
    }
}
