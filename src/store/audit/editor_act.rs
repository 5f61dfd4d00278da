//! The record of what editors have done: every act, with the person, and no word of the text.
use chrono::{DateTime, Utc};
use codes::{EditorAct, PublicationKind};
use domain::{id::AccountId, publication::Publication};
use entity::editor_act as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::store::{accounts::account::names, known};

/// The publication that an act is about, or the publications that a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActSubject {
    pub kind: PublicationKind,
    /// The number in the public address; `None` for a file with several.
    pub number: Option<i32>,
    /// The number of rows, codes or mails, if the act made several.
    pub quantity: Option<usize>,
}

/// An act as the administrator reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedAct {
    pub at: DateTime<Utc>,
    /// The name of the editor; empty if the account is gone.
    pub name: String,
    pub act: EditorAct,
    pub subject: ActSubject,
}

impl ActSubject {
    /// Returns one publication as the subject.
    pub const fn one(kind: PublicationKind, number: i32) -> Self {
        Self { kind, number: Some(number), quantity: None }
    }

    /// Returns the subject of an act on a publication.
    pub const fn of(it: &Publication) -> Self {
        Self::one(it.kind(), it.number)
    }

    /// Returns a file with publications of this kind as the subject.
    pub const fn file(kind: PublicationKind) -> Self {
        Self { kind, number: None, quantity: None }
    }

    /// Returns the subject with the number of what the act made.
    pub const fn with(self, quantity: usize) -> Self {
        Self { quantity: Some(quantity), ..self }
    }
}

/// Records an act in the transaction that does it.
pub async fn insert(
    tx: &DatabaseTransaction,
    act: EditorAct,
    subject: ActSubject,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        id: Uuid::now_v7(),
        at: now,
        account_id: by.0,
        act: act.into(),
        kind: subject.kind.into(),
        number: subject.number,
        quantity: subject.quantity.map(|it| i32::try_from(it).unwrap_or(i32::MAX)),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the latest `limit` acts between `from` (included) and `to` (excluded), newest first. Two queries.
pub async fn between(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<RecordedAct>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.at.gte(from))
        .filter(row::COLUMN.at.lt(to))
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    let names = names(db, rows.iter().map(|it| it.account_id)).await?;
    let recorded = rows.into_iter().map(|it| {
        Ok(RecordedAct {
            at: it.at,
            name: names.get(&it.account_id).cloned().unwrap_or_default(),
            act: known(&it.act, row::Column::Act, it.id)?,
            subject: ActSubject {
                kind: known(&it.kind, row::Column::Kind, it.id)?,
                number: it.number,
                quantity: it.quantity.and_then(|it| usize::try_from(it).ok()),
            },
        })
    });
    recorded.collect()
}
