//! When coordinators last looked at a case: who else is at it now, and what a person has not seen yet.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::id::{AccountId, ConsultationId};
use entity::{account, case_visit as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Set, sea_query::OnConflict,
};
use uuid::Uuid;

/// A coordinator's last look at a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub account: AccountId,
    pub name: String,
    pub seen_at: DateTime<Utc>,
}

/// Returns the last looks at a case after `since`, the latest first.
pub async fn since(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    since: DateTime<Utc>,
) -> Result<Vec<Visit>, DbErr> {
    Ok(since_many(db, [id.0], since).await?.remove(&id.0).unwrap_or_default())
}

/// Returns the last looks at these cases after `since`, by case, the latest first.
pub async fn since_many(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
    since: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, Vec<Visit>>, DbErr> {
    let rows: Vec<(Uuid, Uuid, String, DateTime<Utc>)> = row::Entity::find()
        .join(JoinType::InnerJoin, visitor())
        .select_only()
        .column(row::Column::ConsultationId)
        .column(row::Column::AccountId)
        .column(account::Column::Name)
        .column(row::Column::SeenAt)
        .filter(row::COLUMN.consultation_id.is_in(ids))
        .filter(row::COLUMN.seen_at.gt(since))
        .order_by_desc(row::COLUMN.seen_at)
        .into_tuple()
        .all(db)
        .await?;
    let mut looks = BTreeMap::<_, Vec<_>>::new();
    for (case, id, name, seen_at) in rows {
        looks.entry(case).or_default().push(Visit { account: AccountId(id), name, seen_at });
    }
    Ok(looks)
}

/// Returns when an account looked at these cases last, by case.
pub async fn of(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, DateTime<Utc>>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.account_id.eq(account.0))
        .filter(row::COLUMN.consultation_id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|it| (it.consultation_id, it.seen_at)).collect())
}

/// Saves that an account looks at a case at `now`.
pub async fn record(
    tx: &DatabaseTransaction,
    account: AccountId,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::ActiveModel { account_id: Set(account.0), consultation_id: Set(id.0), seen_at: Set(now) };
    let key = [row::Column::AccountId, row::Column::ConsultationId];
    let conflict = OnConflict::columns(key).update_column(row::Column::SeenAt).to_owned();
    row::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

fn visitor() -> RelationDef {
    row::Entity::belongs_to(account::Entity).from(row::Column::AccountId).to(account::Column::Id).into()
}
