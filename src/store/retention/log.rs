//! The log of erasures, which holds no personal data.
use chrono::{DateTime, Utc};
use codes::{ErasedKind, ErasureCause};
use domain::id::{AccountId, ConsultationId};
use entity::{consultation, erasure as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;

use crate::store::{accounts::account::names, known};

/// An erasure that is being logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewErasure {
    pub kind: ErasedKind,
    pub cause: ErasureCause,
    /// The consultation, if the erasure was of one.
    pub consultation: Option<ConsultationId>,
    /// The administrator who erased it; `None` for the worker.
    pub by: Option<AccountId>,
    /// How many rows were erased.
    pub quantity: u64,
}

/// An erasure as the administrator reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedErasure {
    pub at: DateTime<Utc>,
    pub kind: ErasedKind,
    pub cause: ErasureCause,
    /// The number of the consultation; empty if the erasure was of none.
    pub number: String,
    /// The name of the administrator; empty for the worker.
    pub by: String,
    pub quantity: i64,
}

/// Logs an erasure in the transaction that does it.
pub async fn insert(tx: &DatabaseTransaction, new: NewErasure, now: DateTime<Utc>) -> Result<(), DbErr> {
    let model = row::Model {
        id: Uuid::now_v7(),
        at: now,
        kind: new.kind.into(),
        cause: new.cause.into(),
        consultation_id: new.consultation.map(|it| it.0),
        account_id: new.by.map(|it| it.0),
        quantity: i64::try_from(new.quantity).unwrap_or(i64::MAX),
    };
    row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the latest erasures, newest first. Three queries.
pub async fn latest(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<LoggedErasure>, DbErr> {
    let rows = row::Entity::find()
        .order_by_desc(row::COLUMN.at)
        .order_by_desc(row::COLUMN.id)
        .limit(limit)
        .all(db)
        .await?;
    let names = names(db, rows.iter().filter_map(|it| it.account_id)).await?;
    let cases = numbers(db, rows.iter().filter_map(|it| it.consultation_id).collect()).await?;
    let logged = rows.into_iter().map(|it| {
        let number = it.consultation_id.and_then(|id| cases.get(&id).cloned());
        let by = it.account_id.and_then(|id| names.get(&id).cloned());
        Ok(LoggedErasure {
            at: it.at,
            kind: known(&it.kind, row::Column::Kind, it.id)?,
            cause: known(&it.cause, row::Column::Cause, it.id)?,
            number: number.unwrap_or_default(),
            by: by.unwrap_or_default(),
            quantity: it.quantity,
        })
    });
    logged.collect()
}

/// Returns the numbers of consultations.
async fn numbers(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>, DbErr> {
    // A list of nothing is looked for in the whole table.
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Uuid, String)> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .column(consultation::Column::Number)
        .filter(consultation::COLUMN.id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}
