//! The number of sign-ins from a network that have failed, or are under way, in a window of time.
use chrono::{DateTime, Utc};
use entity::sign_in_attempt as row;
use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    sea_query::{CaseStatement, Expr, OnConflict},
};

/// The attempts of a network in its latest window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptWindow {
    /// The time of the first attempt.
    pub since: DateTime<Utc>,
    pub count: i32,
}

/// Counts one more attempt of a network, whose key is a keyed hash. A window that began at `over` or before has ended, and
/// the attempt begins a new one. Attempts at the same time are counted one after the other.
pub async fn count(
    tx: &DatabaseTransaction,
    network: &str,
    over: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<AttemptWindow, DbErr> {
    let first = row::Model { network: network.to_owned(), since: now, count: 1 };
    let has_ended = || Expr::col((row::Entity, row::Column::Since)).lte(over);
    let since = CaseStatement::new()
        .case(has_ended(), Expr::cust("excluded.since"))
        .finally(Expr::col((row::Entity, row::Column::Since)));
    let count = CaseStatement::new()
        .case(has_ended(), Expr::cust("1"))
        .finally(Expr::col((row::Entity, row::Column::Count)).add(1));
    let counted = row::Entity::insert_many([first.into_active_model()])
        .on_conflict(
            OnConflict::column(row::Column::Network)
                .value(row::Column::Since, Expr::Case(Box::new(since)))
                .value(row::Column::Count, Expr::Case(Box::new(count)))
                .to_owned(),
        )
        .exec_with_returning(tx)
        .await?;
    let window = counted.first().map(|it| AttemptWindow { since: it.since, count: it.count });
    Ok(window.unwrap_or(AttemptWindow { since: now, count: 1 }))
}

/// Takes one attempt back, unless its window has ended.
pub async fn take_back(tx: &DatabaseTransaction, network: &str, since: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::update_many()
        .col_expr(row::Column::Count, Expr::col(row::Column::Count).sub(1))
        .filter(row::COLUMN.network.eq(network))
        .filter(row::COLUMN.since.eq(since))
        .filter(row::COLUMN.count.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the windows that began before `since`.
pub async fn delete_old(tx: &DatabaseTransaction, since: DateTime<Utc>) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.since.lt(since)).exec(tx).await?;
    Ok(())
}
