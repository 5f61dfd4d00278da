//! The mail texts that an administrator has written to replace the shipped ones. Every version is kept, and
//! the highest is in force.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{id::AccountId, number::FiscalYear};
use entity::mail_text as row;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::{
    mail::text::{MailWording, TextKind, Texts},
    store::reference::revision::insert_version,
};

/// One version of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTextVersion {
    pub version: i32,
    /// The wording; `None` if this version is the shipped text again.
    pub words: Option<MailWording>,
    pub saved_at: DateTime<Utc>,
    /// The author's name; empty if it is not known.
    pub saved_by: String,
}

/// Returns the texts in force. A text whose kind is not known any more is left out.
pub async fn in_force(db: &impl ConnectionTrait) -> Result<Texts, DbErr> {
    let mut newest = BTreeMap::new();
    for it in row::Entity::find().order_by_asc(row::COLUMN.version).all(db).await? {
        if let Some(kind) = TextKind::from_code(&it.kind) {
            newest.insert((kind, it.fiscal_year), words(it.title, it.body));
        }
    }
    let mut texts = Texts::default();
    for ((kind, start_year), words) in newest {
        texts.put(kind, start_year, words.as_ref());
    }
    Ok(texts)
}

/// Returns every version of a year's text, newest first.
pub async fn history(
    db: &impl ConnectionTrait,
    year: FiscalYear,
    kind: TextKind,
) -> Result<Vec<MailTextVersion>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.fiscal_year.eq(year.start_year()))
        .filter(row::COLUMN.kind.eq(kind.code()))
        .order_by_desc(row::COLUMN.version)
        .all(db)
        .await?;
    let names = crate::store::accounts::account::names(db, rows.iter().filter_map(|it| it.saved_by)).await?;
    Ok(rows.into_iter().map(|it| version(it, &names)).collect())
}

/// Returns the newest version of every text of a year, by kind.
pub async fn newest(
    db: &impl ConnectionTrait,
    year: FiscalYear,
) -> Result<BTreeMap<TextKind, MailTextVersion>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.fiscal_year.eq(year.start_year()))
        .order_by_asc(row::COLUMN.version)
        .all(db)
        .await?;
    let names = crate::store::accounts::account::names(db, rows.iter().filter_map(|it| it.saved_by)).await?;
    let mut newest = BTreeMap::new();
    for it in rows {
        if let Some(kind) = TextKind::from_code(&it.kind) {
            newest.insert(kind, version(it, &names));
        }
    }
    Ok(newest)
}

/// Writes the version after `seen`; returns false if another request has already written it. Without `words`,
/// the version is the shipped text.
pub async fn save(
    tx: &DatabaseTransaction,
    year: FiscalYear,
    kind: TextKind,
    seen: i32,
    words: Option<&MailWording>,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = row::ActiveModel {
        fiscal_year: Set(year.start_year()),
        kind: Set(kind.code().to_owned()),
        version: Set(seen + 1),
        title: Set(words.map(|it| it.title.clone())),
        body: Set(words.map(|it| it.body.clone())),
        saved_at: Set(now),
        saved_by: Set(Some(by.0)),
    };
    insert_version(tx, row, [row::Column::FiscalYear, row::Column::Kind, row::Column::Version]).await
}

fn version(it: row::Model, names: &BTreeMap<Uuid, String>) -> MailTextVersion {
    MailTextVersion {
        version: it.version,
        words: words(it.title, it.body),
        saved_at: it.saved_at,
        saved_by: it.saved_by.and_then(|it| names.get(&it).cloned()).unwrap_or_default(),
    }
}

fn words(title: Option<String>, body: Option<String>) -> Option<MailWording> {
    title.zip(body).map(|(title, body)| MailWording { title, body })
}
