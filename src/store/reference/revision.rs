//! How often parts of the database have changed: servers compare it with their copies, and bookings take turns by it.
use codes::codes;
use entity::revision;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict, SelectStatement},
};

codes! {
    /// Parts of the database whose changes are counted: servers keep a copy of the first two.
    pub enum RevisedPart {
        Programme = "programme",
        Experts = "experts",
        /// Of which nobody keeps a copy: its row is the turn to book.
        Bookings = "bookings",
    }
}

/// How often the programme has changed, and the experts.
pub type Revisions = (i64, i64);

/// How often one part has changed, for another query.
pub fn revision_of(part: RevisedPart) -> SelectStatement {
    let of_part = revision::Entity::find()
        .select_only()
        .column(revision::Column::N)
        .filter(revision::COLUMN.name.eq(part.code()));
    of_part.into_query()
}

/// How often each part has changed: one query for all copies.
pub async fn revisions(db: &impl ConnectionTrait) -> Result<Revisions, DbErr> {
    let rows = revision::Entity::find().all(db).await?;
    let of = |part: RevisedPart| rows.iter().find(|it| it.name == part.code()).map_or(0, |it| it.n);
    Ok((of(RevisedPart::Programme), of(RevisedPart::Experts)))
}

/// How often anything that decides about free times has changed: settings and closing days, experts, bookings.
pub async fn changes(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let parts = [RevisedPart::Programme, RevisedPart::Experts, RevisedPart::Bookings].map(RevisedPart::code);
    let rows = revision::Entity::find().filter(revision::COLUMN.name.is_in(parts)).all(db).await?;
    Ok(rows.iter().map(|it| it.n).sum())
}

/// Tells every server that its copy of `part` is out of date.
pub async fn touch(tx: &DatabaseTransaction, part: RevisedPart) -> Result<(), DbErr> {
    let first = revision::Model { name: part.code().to_owned(), n: 1 };
    revision::Entity::insert(first.into_active_model())
        .on_conflict(
            OnConflict::column(revision::Column::Name)
                .value(revision::Column::N, Expr::col((revision::Entity, revision::Column::N)).add(1))
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
