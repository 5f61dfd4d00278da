//! Bounces: addresses that our mails did not reach, because a report came back or the server refused the mail
//! at once.
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

/// A failed delivery.
#[derive(Clone, Debug)]
pub struct Bounce {
    /// The mail that reported it; `None` if the server refused our mail at once.
    pub reported_by: Option<Uuid>,
    pub address: String,
    pub mail: Option<MailId>,
    pub consultation: Option<ConsultationId>,
    /// Whether another try would not help.
    pub permanent: bool,
    /// The enhanced status code (RFC 3463); may be empty.
    pub status: String,
    /// The server's reply; may be empty.
    pub diagnostic: String,
}

/// A stored bounce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBounce {
    pub id: i64,
    /// The address in lower case.
    pub address: String,
    /// The mail that reported it; `None` if the server refused our mail at once.
    pub reported_by: Option<Uuid>,
    /// The mail that did not arrive.
    pub mail: Option<Uuid>,
    /// Whether another try would not help.
    pub permanent: bool,
    /// The server's reply; may be empty.
    pub diagnostic: String,
    pub at: DateTime<Utc>,
}

impl From<row::Model> for KnownBounce {
    fn from(it: row::Model) -> Self {
        Self {
            id: it.id,
            address: it.address_key,
            reported_by: it.inbound_id,
            mail: it.outbox_id,
            permanent: it.permanent,
            diagnostic: it.diagnostic,
            at: it.at,
        }
    }
}

/// Saves a bounce. The same report is saved only once for an address.
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

/// Ends the bounces of the addresses, because mail came from them or a person knows that they work again.
pub async fn clear<'a>(
    tx: &DatabaseTransaction,
    addresses: impl IntoIterator<Item = &'a str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    standing_of(addresses).col_expr(row::Column::ClearedAt, Expr::value(now)).exec(tx).await?;
    Ok(())
}

/// Ends the bounces that servers gave at once for the addresses, because a server has now accepted a mail for
/// them. Bounces that were reported by a later mail stay until mail comes from the address or a person knows
/// that it works again.
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

/// Returns the bounces that still hold, of mails about a consultation or of its contact's address, newest
/// first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<KnownBounce>, DbErr> {
    let address = contact::Entity::find_by_id(id.0).one(db).await?.and_then(|it| it.email_key);
    let mut about = Condition::any().add(row::COLUMN.consultation_id.eq(id.0));
    if let Some(address) = address {
        about = about.add(row::COLUMN.address_key.eq(address));
    }
    let rows = row::Entity::find()
        .filter(still_holds())
        .filter(about)
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(KnownBounce::from).collect())
}

/// Returns the bounces of one outgoing mail, oldest first.
pub async fn of_mail(db: &impl ConnectionTrait, id: MailId) -> Result<Vec<KnownBounce>, DbErr> {
    let of_mail = row::Entity::find().filter(row::COLUMN.outbox_id.eq(id.0)).order_by_asc(row::COLUMN.at);
    Ok(of_mail.all(db).await?.into_iter().map(KnownBounce::from).collect())
}

/// Returns the latest bounce of an address that still holds.
pub async fn find(db: &impl ConnectionTrait, address: &str) -> Result<Option<KnownBounce>, DbErr> {
    let latest = row::Entity::find()
        .filter(row::COLUMN.address_key.eq(address.to_lowercase()))
        .filter(still_holds())
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .one(db)
        .await?;
    Ok(latest.map(KnownBounce::from))
}

/// Returns the members of `addresses`, given in lower case, that no mail reaches.
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
