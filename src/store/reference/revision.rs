//! Revisions: how often parts of the database have changed. Servers compare them with those of their copies,
//! and bookings take turns by one of them.
use codes::codes;
use entity::revision;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict, SelectStatement},
};

use crate::store::rows_inserted;

codes! {
    /// A part of the database whose changes are counted. Servers keep a copy of the first two.
    pub enum RevisedPart {
        Programme = "programme",
        Experts = "experts",
        /// The bookings. No server keeps a copy; the row is locked by bookings to take turns.
        Bookings = "bookings",
        /// The desks. No server keeps a copy; the row is locked by imports to take turns.
        Desks = "desks",
        /// The publications that the public reads: news, the guide and examples.
        Publications = "publications",
    }
}

/// The revisions of the programme and of the experts.
pub type Revisions = (i64, i64);

/// Returns a subquery for the revision of one part.
pub fn revision_of(part: RevisedPart) -> SelectStatement {
    let of_part = revision::Entity::find()
        .select_only()
        .column(revision::Column::N)
        .filter(revision::COLUMN.name.eq(part.code()));
    of_part.into_query()
}

/// Returns the revisions of the programme and of the experts, in one query.
pub async fn revisions(db: &impl ConnectionTrait) -> Result<Revisions, DbErr> {
    let rows = revision::Entity::find().all(db).await?;
    let of = |part: RevisedPart| rows.iter().find(|it| it.name == part.code()).map_or(0, |it| it.n);
    Ok((of(RevisedPart::Programme), of(RevisedPart::Experts)))
}

/// Returns the revision of what the public reads.
pub async fn of_publications(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let row = revision::Entity::find_by_id(RevisedPart::Publications.code()).one(db).await?;
    Ok(row.map_or(0, |it| it.n))
}

/// Returns how often the data that decide about free times have changed: settings and closing days, experts,
/// bookings.
pub async fn changes(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let parts = [RevisedPart::Programme, RevisedPart::Experts, RevisedPart::Bookings].map(RevisedPart::code);
    let rows = revision::Entity::find().filter(revision::COLUMN.name.is_in(parts)).all(db).await?;
    Ok(rows.iter().map(|it| it.n).sum())
}

/// Raises the revision of `part`, so that every server knows that its copy is out of date.
pub async fn touch(tx: &DatabaseTransaction, part: RevisedPart) -> Result<(), DbErr> {
    touch_by(tx, part, 1).await
}

/// Raises the revision of `part` by the number of its changes.
pub async fn touch_by(tx: &DatabaseTransaction, part: RevisedPart, changes: i64) -> Result<(), DbErr> {
    let first = revision::Model { name: part.code().to_owned(), n: changes };
    revision::Entity::insert(first.into_active_model())
        .on_conflict(
            OnConflict::column(revision::Column::Name)
                .value(revision::Column::N, Expr::col((revision::Entity, revision::Column::N)).add(changes))
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Inserts a version of a part of the programme, and raises the programme's revision. Returns false if another request has
/// already written the version; `key` are the columns that name it.
pub(in crate::store) async fn insert_version<A: ActiveModelTrait>(
    tx: &DatabaseTransaction,
    row: A,
    key: impl IntoIterator<Item = <A::Entity as EntityTrait>::Column>,
) -> Result<bool, DbErr> {
    let written = <A::Entity as EntityTrait>::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    let is_ours = rows_inserted(written)? > 0;
    if is_ours {
        touch(tx, RevisedPart::Programme).await?;
    }
    Ok(is_ours)
}
