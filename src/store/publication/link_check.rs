//! The checks of links to other sites in publications.
use chrono::{DateTime, Utc};
use domain::id::PublicationId;
use entity::link_check as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
    sea_query::{Expr, OnConflict},
};

use crate::store::{insert_all, rows_inserted};

/// A link of a publication with the result of its last check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkCheck {
    pub publication: PublicationId,
    pub address: String,
    /// The time of the last check; `None` if the link is new.
    pub checked_at: Option<DateTime<Utc>>,
    /// The words for the editor that say what is wrong; `None` if the page answered.
    pub fault: Option<String>,
    /// The number of checks in a row that failed.
    pub failures: i32,
}

/// Makes `addresses` the links of a publication. The results of links that it had before stay.
pub async fn set_links(
    tx: &DatabaseTransaction,
    publication: PublicationId,
    addresses: &[String],
) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.publication_id.eq(publication.0))
        .filter(row::COLUMN.address.is_not_in(addresses))
        .exec(tx)
        .await?;
    let new = addresses.iter().map(|it| new_link(publication, it.clone()));
    let key = [row::Column::PublicationId, row::Column::Address];
    let again = OnConflict::columns(key).do_nothing().to_owned();
    if !addresses.is_empty() {
        rows_inserted(row::Entity::insert_many(new).on_conflict(again).exec_without_returning(tx).await)?;
    }
    Ok(())
}

/// Returns the row of a link that was not checked yet.
fn new_link(publication: PublicationId, address: String) -> row::ActiveModel {
    let model =
        row::Model { publication_id: publication.0, address, checked_at: None, fault: None, failures: 0 };
    model.into_active_model()
}

/// Adds the links of publications that have none yet.
pub async fn add_links(
    tx: &DatabaseTransaction,
    links: impl IntoIterator<Item = (PublicationId, Vec<String>)>,
) -> Result<(), DbErr> {
    let rows = links
        .into_iter()
        .flat_map(|(id, addresses)| addresses.into_iter().map(move |address| new_link(id, address)));
    insert_all(tx, rows).await
}

/// Forgets the links of publications that the public does not read.
pub async fn forget_links(
    tx: &DatabaseTransaction,
    publications: impl IntoIterator<Item = PublicationId>,
) -> Result<(), DbErr> {
    let of_all = row::COLUMN.publication_id.is_in(publications.into_iter().map(|it| it.0));
    row::Entity::delete_many().filter(of_all).exec(tx).await?;
    Ok(())
}

/// Returns the link that was checked longest ago, if that was before `before` or never.
pub async fn next_due(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<Option<LinkCheck>, DbErr> {
    let new = row::Entity::find().filter(row::COLUMN.checked_at.is_null()).one(db).await?;
    if let Some(new) = new {
        return Ok(Some(from_row(new)));
    }
    let oldest = row::Entity::find()
        .filter(row::COLUMN.checked_at.lt(before))
        .order_by_asc(row::COLUMN.checked_at)
        .one(db)
        .await?;
    Ok(oldest.map(from_row))
}

/// Records the result of a check. A link that was removed meanwhile stays removed.
pub async fn record(
    tx: &DatabaseTransaction,
    checked: &LinkCheck,
    fault: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let failures = if fault.is_some() { checked.failures + 1 } else { 0 };
    row::Entity::update_many()
        .col_expr(row::Column::CheckedAt, Expr::value(now))
        .col_expr(row::Column::Fault, Expr::value(fault))
        .col_expr(row::Column::Failures, Expr::value(failures))
        .filter(row::COLUMN.publication_id.eq(checked.publication.0))
        .filter(row::COLUMN.address.eq(checked.address.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the links whose last check failed, by publication and address.
pub async fn failing(db: &impl ConnectionTrait) -> Result<Vec<LinkCheck>, DbErr> {
    let rows = row::Entity::find()
        .filter(Expr::col(row::Column::Fault).is_not_null())
        .order_by_asc(row::COLUMN.publication_id)
        .order_by_asc(row::COLUMN.address)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

fn from_row(row: row::Model) -> LinkCheck {
    LinkCheck {
        publication: PublicationId(row.publication_id),
        address: row.address,
        checked_at: row.checked_at,
        fault: row.fault,
        failures: row.failures,
    }
}
