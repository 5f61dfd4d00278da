//! Holds, which keep consultations from being erased.
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, ConsultationId},
    number::CaseNumber,
};
use entity::{consultation as case, legal_hold as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{accounts::account::names, consultation, contradiction};

/// A hold as the administrator reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalHold {
    pub id: Uuid,
    pub number: CaseNumber,
    pub reason: String,
    /// The name of the administrator who placed it; empty if the account is gone.
    pub placed_by: String,
    pub placed_at: DateTime<Utc>,
}

/// Returns whether one of the consultations is held.
pub async fn any(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<bool, DbErr> {
    let found = row::Entity::find()
        .filter(row::COLUMN.consultation_id.is_in(ids.iter().copied()))
        .filter(row::COLUMN.lifted_at.is_null())
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Returns the consultations that are held, with the cases that are one with them by a merge.
pub async fn held_cases(db: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    let held: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .filter(row::COLUMN.lifted_at.is_null())
        .into_tuple()
        .all(db)
        .await?;
    // A list of nothing is looked for in the whole table.
    if held.is_empty() {
        return Ok(held);
    }
    let cases = consultation::many(db, held.iter().copied().map(ConsultationId)).await?;
    let kept = cases.into_iter().map(|it| it.consultation.merged_into.unwrap_or(it.consultation.id).0);
    let kept: Vec<Uuid> = kept.collect();
    let absorbed: Vec<Uuid> = case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::MergedInto.is_in(kept.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok([kept, absorbed].concat())
}

/// Returns the holds that were not lifted, the oldest first. Three queries.
pub async fn open(db: &impl ConnectionTrait) -> Result<Vec<LegalHold>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.lifted_at.is_null())
        .order_by_asc(row::COLUMN.placed_at)
        .all(db)
        .await?;
    // A list of nothing is looked for in the whole table.
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(db, rows.iter().map(|it| it.placed_by)).await?;
    let cases = consultation::many(db, rows.iter().map(|it| ConsultationId(it.consultation_id))).await?;
    rows.into_iter()
        .map(|it| {
            let case = cases.iter().find(|case| case.consultation.id.0 == it.consultation_id);
            let case = case.ok_or_else(|| contradiction(row::Entity, it.id, "its consultation is gone"))?;
            Ok(LegalHold {
                id: it.id,
                number: case.number,
                reason: it.reason,
                placed_by: names.get(&it.placed_by).cloned().unwrap_or_default(),
                placed_at: it.placed_at,
            })
        })
        .collect()
}

/// Places a hold. The consultation is locked and has none.
pub async fn place(
    tx: &DatabaseTransaction,
    consultation: ConsultationId,
    reason: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        id: Uuid::now_v7(),
        consultation_id: consultation.0,
        reason: reason.to_owned(),
        placed_by: by.0,
        placed_at: now,
        lifted_by: None,
        lifted_at: None,
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Lifts a hold. Returns whether it was open.
pub async fn lift(
    tx: &DatabaseTransaction,
    id: Uuid,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let lifted = row::Entity::update_many()
        .col_expr(row::Column::LiftedBy, Expr::value(by.0))
        .col_expr(row::Column::LiftedAt, Expr::value(now))
        .filter(row::COLUMN.id.eq(id))
        .filter(row::COLUMN.lifted_at.is_null())
        .exec(tx)
        .await?;
    Ok(lifted.rows_affected > 0)
}
