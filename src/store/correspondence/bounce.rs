//! Addresses that mails of ours did not reach: a report came back, or the server said so at once.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::id::{ConsultationId, MailId};
use entity::{contact, mail_bounce as row};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, NotSet, QueryFilter,
    QueryOrder, QuerySelect, Set, UpdateMany,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::rows_inserted;

/// That a mail did not arrive.
#[derive(Clone, Debug)]
pub struct Bounce {
    /// The mail that reported it; None where the server said so when ours was handed over.
    pub reported_by: Option<Uuid>,
    pub address: String,
    pub mail: Option<MailId>,
    pub consultation: Option<ConsultationId>,
    /// Trying again would not help.
    pub permanent: bool,
    /// An enhanced status code (RFC 3463); may be empty.
    pub status: String,
    /// What the server said; may be empty.
    pub diagnostic: String,
}

/// Notes one; the same report says the same of an address once.
pub async fn note(tx: &DatabaseTransaction, it: Bounce, now: DateTime<Utc>) -> Result<(), DbErr> {
    let row = row::ActiveModel {
        id: NotSet,
        address_key: Set(it.address.to_lowercase()),
        inbound_id: Set(it.reported_by),
        outbox_id: Set(it.mail.map(|it| it.0)),
        consultation_id: Set(it.consultation.map(|it| it.0)),
        permanent: Set(it.permanent),
        status: Set(it.status),
        diagnostic: Set(it.diagnostic),
        at: Set(now),
        cleared_at: Set(None),
    };
    let key = [row::Column::InboundId, row::Column::AddressKey];
    let written = row::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    rows_inserted(written)?;
    Ok(())
}

/// Mail came from the addresses, or somebody knows that they are right again.
pub async fn clear<'a>(
    tx: &DatabaseTransaction,
    addresses: impl IntoIterator<Item = &'a str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    standing_of(addresses).col_expr(row::Column::ClearedAt, Expr::value(now)).exec(tx).await?;
    Ok(())
}

/// A server took mail for the addresses: what servers said of them before is over. What was reported later, after one
/// had taken a mail, stands until mail comes from there or somebody knows better.
pub async fn taken<'a>(
    tx: &DatabaseTransaction,
    addresses: impl IntoIterator<Item = &'a str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    standing_of(addresses)
        .col_expr(row::Column::ClearedAt, Expr::value(now))
        .filter(row::COLUMN.inbound_id.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn standing_of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> UpdateMany<row::Entity> {
    row::Entity::update_many()
        .filter(row::COLUMN.address_key.is_in(addresses.into_iter().map(str::to_lowercase)))
        .filter(row::COLUMN.cleared_at.is_null())
}

/// What did not arrive about a consultation, and what is known of its contact's address from elsewhere, as far as it
/// still holds; newest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<row::Model>, DbErr> {
    let address = contact::Entity::find_by_id(id.0).one(db).await?.and_then(|it| it.email_key);
    let mut about = Condition::any().add(row::COLUMN.consultation_id.eq(id.0));
    if let Some(address) = address {
        about = about.add(row::COLUMN.address_key.eq(address));
    }
    row::Entity::find()
        .filter(still_holds())
        .filter(about)
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await
}

/// What was said about one mail of ours, oldest first.
pub async fn of_mail(db: &impl ConnectionTrait, id: MailId) -> Result<Vec<row::Model>, DbErr> {
    row::Entity::find().filter(row::COLUMN.outbox_id.eq(id.0)).order_by_asc(row::COLUMN.at).all(db).await
}

/// What was said last of an address, where no mail reaches it.
pub async fn find(db: &impl ConnectionTrait, address: &str) -> Result<Option<row::Model>, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.address_key.eq(address.to_lowercase()))
        .filter(still_holds())
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .one(db)
        .await
}

/// Which of the addresses, in lower case, no mail reaches.
pub async fn dead_among(db: &impl ConnectionTrait, addresses: Vec<String>) -> Result<HashSet<String>, DbErr> {
    let found: Vec<String> = row::Entity::find()
        .select_only()
        .column(row::Column::AddressKey)
        .filter(row::COLUMN.address_key.is_in(addresses))
        .filter(still_holds())
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

fn still_holds() -> Expr {
    row::COLUMN.permanent.eq(true).and(row::COLUMN.cleared_at.is_null())
}
