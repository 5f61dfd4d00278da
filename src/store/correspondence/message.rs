//! The thread of a consultation.
use chrono::{DateTime, Utc};
pub use codes::Channel;
use domain::{
    actor::{Actor, Party},
    correspondence::outgoing_mail::MailState,
    id::{ConsultationId, MessageId},
};
use entity::{Coded, message as row, outbox};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::mail::outgoing_mail::MailKind;

/// Who may read an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Center and experts.
    Internal,
    /// The company as well.
    Everyone,
}

/// A new entry.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub consultation: ConsultationId,
    pub author: Actor,
    pub channel: Channel,
    pub audience: Audience,
    pub body: &'a str,
}

/// One entry as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadEntry {
    pub id: MessageId,
    pub author: Party,
    /// The account of a coordinator or expert.
    pub author_id: Option<Uuid>,
    pub channel: Coded<Channel>,
    pub internal: bool,
    pub body: String,
    pub at: DateTime<Utc>,
    pub read_by_company_at: Option<DateTime<Utc>>,
    /// No person wrote it.
    pub automatic: bool,
}

/// The thread, oldest first; what is internal only for those who may read it.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    audience: Audience,
) -> Result<Vec<ThreadEntry>, DbErr> {
    let mut query = row::Entity::find().filter(row::COLUMN.consultation_id.eq(id.0));
    if audience == Audience::Everyone {
        query = query.filter(row::COLUMN.internal.eq(false));
    }
    let rows = query.order_by_asc(row::COLUMN.created_at).order_by_asc(row::COLUMN.id).all(db).await?;
    rows.into_iter().map(entry).collect()
}

pub async fn insert(tx: &DatabaseTransaction, it: &NewMessage<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let author_id = match it.author {
        Actor::Coordinator(id) => Some(id.0),
        Actor::Expert(id) => Some(id.0),
        Actor::Desk(id) => Some(id.0),
        Actor::Company | Actor::System => None,
    };
    let model = row::Model {
        id: it.id.0,
        consultation_id: it.consultation.0,
        author_kind: it.author.party().into(),
        author_id,
        channel: it.channel.into(),
        internal: it.audience == Audience::Internal,
        body: it.body.to_owned(),
        created_at: now,
        read_by_company_at: None,
        automatic: false,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// The company says that it has read everything up to now.
pub async fn mark_read(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::ReadByCompanyAt, Expr::value(now))
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.internal.eq(false))
        .filter(row::COLUMN.read_by_company_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// A mail that told somebody of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageNotification {
    pub recipient: String,
    pub state: MailState,
    /// Held until the recipient's address is confirmed.
    pub awaits_address: bool,
    /// The instant of the entry that it tells of: both were written by one operation.
    pub at: DateTime<Utc>,
}

/// The mails that told of the entries of a thread.
pub async fn notifications(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<MessageNotification>, DbErr> {
    let rows = outbox::Entity::find()
        .filter(outbox::COLUMN.consultation_id.eq(id.0))
        .filter(outbox::COLUMN.kind.is_in([MailKind::NewMessage, MailKind::Question].map(MailKind::code)))
        .order_by_asc(outbox::COLUMN.recipient)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|it| MessageNotification {
            state: super::outbox::state(&it, now),
            awaits_address: super::outbox::awaits_address(&it),
            recipient: it.recipient,
            at: it.created_at,
        })
        .collect())
}

/// No person wrote it: it is shown small.
pub async fn mark_automatic(tx: &DatabaseTransaction, id: MessageId) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Automatic, Expr::value(true))
        .filter(row::COLUMN.id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

fn entry(row: row::Model) -> Result<ThreadEntry, DbErr> {
    Ok(ThreadEntry {
        id: MessageId(row.id),
        author: crate::store::known(&row.author_kind, row::Column::AuthorKind, row.id)?,
        author_id: row.author_id,
        channel: row.channel,
        internal: row.internal,
        body: row.body,
        at: row.created_at,
        read_by_company_at: row.read_by_company_at,
        automatic: row.automatic,
    })
}
