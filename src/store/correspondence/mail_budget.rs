//! The number of mails counted on a day against a key, which stands for an address, a domain or a network.
use chrono::NaiveDate;
use entity::mail_budget as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
    sea_query::{Expr, OnConflict},
};

/// Counts one more mail against each of `keys`, which must differ, and returns the new counts in the same
/// order.
pub async fn count<const N: usize>(
    tx: &DatabaseTransaction,
    keys: [String; N],
    day: NaiveDate,
) -> Result<[i32; N], DbErr> {
    let mut ordered: Vec<_> = keys.iter().collect();
    // All transactions write the keys in the same order, so that two of them cannot wait for each other.
    ordered.sort_unstable();
    let first = ordered.into_iter().map(|it| row::Model { key: it.clone(), date: day, count: 1 });
    let counted = row::Entity::insert_many(first.map(IntoActiveModel::into_active_model))
        .on_conflict(
            OnConflict::columns([row::Column::Key, row::Column::Date])
                .value(row::Column::Count, Expr::col((row::Entity, row::Column::Count)).add(1))
                .to_owned(),
        )
        .exec_with_returning(tx)
        .await?;
    Ok(keys.map(|key| counted.iter().find(|it| it.key == key).map_or(1, |it| it.count)))
}

/// Returns how many mails were counted against `key` on a day.
pub async fn counted(db: &impl ConnectionTrait, key: &str, day: NaiveDate) -> Result<i32, DbErr> {
    let row = row::Entity::find_by_id((key.to_owned(), day)).one(db).await?;
    Ok(row.map_or(0, |it| it.count))
}

/// Returns how many keys with the part `part` have reached `count` on a day.
pub async fn reached(
    db: &impl ConnectionTrait,
    part: &str,
    day: NaiveDate,
    count: i32,
) -> Result<u64, DbErr> {
    row::Entity::find()
        .filter(row::COLUMN.date.eq(day))
        .filter(Expr::col(row::Column::Count).gte(count))
        .filter(Expr::col(row::Column::Key).like(format!("%{part}/%")))
        .count(db)
        .await
}

/// Deletes the counts of the days before `day`.
pub async fn delete_before(tx: &DatabaseTransaction, day: NaiveDate) -> Result<(), DbErr> {
    row::Entity::delete_many().filter(row::COLUMN.date.lt(day)).exec(tx).await?;
    Ok(())
}
