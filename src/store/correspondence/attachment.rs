//! The files of messages.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
pub use codes::Trust;
use domain::id::{AttachmentId, ConsultationId, MessageId};
use entity::{attachment as row, message};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use super::message::Audience;
use crate::store::consultation::case_merge::one_case;

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    pub content_type: String,
    /// The size in octets.
    pub size: i64,
    /// `None` if the bytes were not kept.
    pub sha256: Option<String>,
    pub trust: Trust,
    /// The scanner's result, or why the file was refused.
    pub note: String,
}

/// A file that is about to be saved.
#[derive(Clone, Debug)]
pub struct NewAttachment<'a> {
    pub name: &'a str,
    pub content_type: &'a str,
    pub size: usize,
    pub sha256: Option<&'a str>,
    pub trust: Trust,
    pub note: &'a str,
}

pub async fn insert(
    tx: &DatabaseTransaction,
    message: MessageId,
    files: &[NewAttachment<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let models = (0..).zip(files).map(|(position, it)| {
        row::Model {
            id: uuid::Uuid::now_v7(),
            message_id: message.0,
            position,
            name: it.name.to_owned(),
            content_type: it.content_type.to_owned(),
            size: i64::try_from(it.size).unwrap_or(i64::MAX),
            sha256: it.sha256.map(str::to_owned),
            state: it.trust.into(),
            note: it.note.to_owned(),
            scan_at: (it.trust == Trust::Held).then_some(now),
            created_at: now,
        }
        .into_active_model()
    });
    if !files.is_empty() {
        row::Entity::insert_many(models).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Returns the files of a thread by message, in order; only those of messages that the audience may read.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    audience: Audience,
) -> Result<BTreeMap<MessageId, Vec<Attachment>>, DbErr> {
    let mut messages = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::ConsultationId.in_subquery(one_case(id)));
    messages = match audience {
        Audience::Center => messages,
        Audience::Desk => messages.filter(message::COLUMN.with_desk.eq(true)),
        Audience::Internal => messages.filter(message::COLUMN.center_only.eq(false)),
        Audience::Everyone => messages.filter(message::COLUMN.internal.eq(false)),
    };
    let files = row::Entity::find()
        .filter(row::Column::MessageId.in_subquery(messages.into_query()))
        .order_by_asc(row::COLUMN.position)
        .all(db)
        .await?;
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in files {
        found.entry(MessageId(file.message_id)).or_default().push(attachment(file)?);
    }
    Ok(found)
}

/// Returns a file of a consultation if the audience may read its message.
pub async fn find(
    db: &impl ConnectionTrait,
    consultation: ConsultationId,
    id: AttachmentId,
    audience: Audience,
) -> Result<Option<Attachment>, DbErr> {
    let all = of(db, consultation, audience).await?;
    Ok(all.into_values().flatten().find(|it| it.id == id))
}

fn attachment(row: row::Model) -> Result<Attachment, DbErr> {
    Ok(Attachment {
        id: AttachmentId(row.id),
        trust: crate::store::known(&row.state, row::Column::State, row.id)?,
        name: row.name,
        content_type: row.content_type,
        size: row.size,
        sha256: row.sha256,
        note: row.note,
    })
}
