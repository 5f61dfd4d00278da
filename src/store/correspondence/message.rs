//! The messages of a consultation's thread.
use chrono::{DateTime, Utc};
pub use codes::Channel;
use domain::{
    actor::{Actor, Party, Represented},
    correspondence::outgoing_mail::MailState,
    id::{ConsultationId, MessageId},
    worklist::WrittenEntry,
};
use entity::{Coded, attachment, inbound_mail, message as row, outbox};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use crate::{mail::outgoing_mail::MailKind, store::consultation::case_merge::one_case};

/// The people who may read an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The center alone.
    Center,
    /// The center and the desk that handed the consultation over.
    Desk,
    /// The center and the experts.
    Internal,
    /// The center, the experts and the company.
    Everyone,
}

impl Audience {
    /// Returns the sides beside the center that can read an entry.
    pub const fn readers(self) -> &'static [Party] {
        match self {
            Self::Center => &[],
            Self::Desk => &[Party::Desk],
            Self::Internal => &[Party::Expert],
            Self::Everyone => &[Party::Company, Party::Expert],
        }
    }
}

/// A new entry of a thread.
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
    /// The account of the author, if the author is a coordinator or an expert. For a company, the account of the
    /// coordinator who wrote down what the company said.
    pub author_id: Option<Uuid>,
    pub channel: Coded<Channel>,
    pub internal: bool,
    /// Whether only the center may read the entry.
    pub center_only: bool,
    /// Whether the desk that handed the consultation over may read the entry too.
    pub with_desk: bool,
    pub body: String,
    pub at: DateTime<Utc>,
    pub read_by_company_at: Option<DateTime<Utc>>,
    /// Whether no person wrote the entry.
    pub automatic: bool,
}

impl ThreadEntry {
    /// Returns the people who may read the entry.
    const fn audience(&self) -> Audience {
        match (self.with_desk, self.center_only, self.internal) {
            (true, ..) => Audience::Desk,
            (_, true, _) => Audience::Center,
            (.., true) => Audience::Internal,
            (.., false) => Audience::Everyone,
        }
    }

    /// Returns the entry as far as it decides who waits for the center.
    pub fn written(&self) -> WrittenEntry {
        // A coordinator wrote down what the company said.
        let is_heard = self.author == Party::Company && self.author_id.is_some();
        WrittenEntry {
            at: self.at,
            author: if is_heard { Party::Coordinator } else { self.author },
            readers: self.audience().readers(),
        }
    }
}

/// Returns the thread as a reader of this audience may read it, oldest entry first, with the entries of the cases that
/// were merged into this one.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    audience: Audience,
) -> Result<Vec<ThreadEntry>, DbErr> {
    let mut query = row::Entity::find().filter(row::Column::ConsultationId.in_subquery(one_case(id)));
    query = match audience {
        Audience::Center => query,
        Audience::Desk => query.filter(row::COLUMN.with_desk.eq(true)),
        Audience::Internal => query.filter(row::COLUMN.center_only.eq(false)),
        Audience::Everyone => query.filter(row::COLUMN.internal.eq(false)),
    };
    let rows = query.order_by_asc(row::COLUMN.created_at).order_by_asc(row::COLUMN.id).all(db).await?;
    rows.into_iter().map(entry).collect()
}

pub async fn insert(tx: &DatabaseTransaction, it: &NewMessage<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let author_id = match it.author {
        Actor::Coordinator(id) | Actor::Stead(id, Represented::Company) => Some(id.0),
        Actor::Expert(id) | Actor::Stead(_, Represented::Expert(id)) => Some(id.0),
        Actor::Desk(_, Some(person)) => Some(person.0),
        Actor::Desk(id, None) => Some(id.0),
        Actor::Company | Actor::System => None,
    };
    let model = row::Model {
        id: it.id.0,
        consultation_id: it.consultation.0,
        author_kind: it.author.principal().party().into(),
        author_id,
        channel: it.channel.into(),
        internal: it.audience != Audience::Everyone,
        center_only: matches!(it.audience, Audience::Center | Audience::Desk),
        with_desk: it.audience == Audience::Desk,
        body: it.body.to_owned(),
        created_at: now,
        read_by_company_at: None,
        automatic: false,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Removes an entry that does not belong to the consultation, with its files.
pub async fn remove(tx: &DatabaseTransaction, id: MessageId) -> Result<(), DbErr> {
    attachment::Entity::delete_many().filter(attachment::COLUMN.message_id.eq(id.0)).exec(tx).await?;
    row::Entity::delete_many().filter(row::COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// Marks every entry that the company may read as read by the company at `now`.
pub async fn mark_read(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::ReadByCompanyAt, Expr::value(now))
        .filter(row::Column::ConsultationId.in_subquery(one_case(id)))
        .filter(row::COLUMN.internal.eq(false))
        .filter(row::COLUMN.read_by_company_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// A mail that notified a person of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageNotification {
    pub recipient: String,
    pub state: MailState,
    /// Whether the mail is held until the recipient's address is confirmed.
    pub awaits_address: bool,
    /// The instant of the entry that the mail is about. One operation writes both.
    pub at: DateTime<Utc>,
}

/// Returns the mails that notified people of the entries of a thread.
pub async fn notifications(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<MessageNotification>, DbErr> {
    let rows = outbox::Entity::find()
        .filter(outbox::Column::ConsultationId.in_subquery(one_case(id)))
        .filter(outbox::COLUMN.kind.is_in(MailKind::codes_of(MailKind::is_about_entry)))
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

/// Marks an entry as not written by a person, so that it is shown small.
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
        center_only: row.center_only,
        with_desk: row.with_desk,
        body: row.body,
        at: row.created_at,
        read_by_company_at: row.read_by_company_at,
        automatic: row.automatic,
    })
}

/// Moves messages of a consultation, or of one that was merged into it, to another one, with their files and the received
/// mails that they came by.
pub async fn move_to(
    tx: &DatabaseTransaction,
    from: ConsultationId,
    to: ConsultationId,
    ids: &[MessageId],
) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::ConsultationId, Expr::value(to.0))
        .filter(row::Column::ConsultationId.in_subquery(one_case(from)))
        .filter(row::COLUMN.id.is_in(ids.iter().map(|it| it.0)))
        .exec(tx)
        .await?;
    inbound_mail::Entity::update_many()
        .col_expr(inbound_mail::Column::ConsultationId, Expr::value(to.0))
        .filter(inbound_mail::Column::ConsultationId.in_subquery(one_case(from)))
        .filter(inbound_mail::COLUMN.entry_id.is_in(ids.iter().map(|it| it.0)))
        .exec(tx)
        .await?;
    Ok(())
}
