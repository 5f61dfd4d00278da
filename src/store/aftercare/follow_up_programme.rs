//! The follow-up programmes that an administrator has set. Every version is kept, and the highest is in
//! force.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{aftercare::follow_up::FollowUpStep, id::AccountId, number::FiscalYear};
use entity::follow_up_programme as row;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};

use crate::store::{contradiction, reference::revision::insert_version};

/// A saved version of a programme: its author and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeVersion {
    pub version: i32,
    pub steps: usize,
    pub saved_at: DateTime<Utc>,
    /// The author's name; empty if it is not known.
    pub saved_by: String,
}

/// Returns the programmes in force with their versions, by the fiscal year from which they apply.
pub async fn in_force(db: &impl ConnectionTrait) -> Result<BTreeMap<i32, (Vec<FollowUpStep>, i32)>, DbErr> {
    let mut newest = BTreeMap::new();
    for it in row::Entity::find().order_by_asc(row::COLUMN.version).all(db).await? {
        newest.insert(it.fiscal_year, (steps(&it)?, it.version));
    }
    Ok(newest)
}

/// Returns every version of a year's programme, newest first.
pub async fn history(db: &impl ConnectionTrait, year: FiscalYear) -> Result<Vec<ProgrammeVersion>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.fiscal_year.eq(year.start_year()))
        .order_by_desc(row::COLUMN.version)
        .all(db)
        .await?;
    let names = crate::store::accounts::account::names(db, rows.iter().filter_map(|it| it.saved_by)).await?;
    let version = |it: row::Model| {
        Ok(ProgrammeVersion {
            version: it.version,
            steps: steps(&it)?.len(),
            saved_at: it.saved_at,
            saved_by: it.saved_by.and_then(|it| names.get(&it).cloned()).unwrap_or_default(),
        })
    };
    rows.into_iter().map(version).collect()
}

/// Writes the version after `seen`; returns false if another request has already written it.
pub async fn save(
    tx: &DatabaseTransaction,
    year: FiscalYear,
    seen: i32,
    steps: &[FollowUpStep],
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let row = row::ActiveModel {
        fiscal_year: Set(year.start_year()),
        version: Set(seen + 1),
        steps: Set(serde_json::to_value(steps).map_err(|err| DbErr::Type(err.to_string()))?),
        saved_at: Set(now),
        saved_by: Set(Some(by.0)),
    };
    insert_version(tx, row, [row::Column::FiscalYear, row::Column::Version]).await
}

fn steps(row: &row::Model) -> Result<Vec<FollowUpStep>, DbErr> {
    serde_json::from_value(row.steps.clone()).map_err(|err| contradiction(row::Entity, row.fiscal_year, err))
}
