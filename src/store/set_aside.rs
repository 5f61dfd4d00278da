//! Rows that background jobs could not handle. Such a row keeps no other row waiting: its job leaves it alone for a
//! while, `/metrics` counts it, and the doctor reports it.
use chrono::{DateTime, TimeDelta, Utc};
use codes::Job;
use entity::{Coded, set_aside as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use uuid::Uuid;

/// The time until the second try. It doubles with every further failure.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The longest time between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);
/// The time after which a row that was not tried again is forgotten: its job does not find it due any more.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// A row that a job could not handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    pub job: Coded<Job>,
    pub row_id: Uuid,
    /// The error of the latest try.
    pub failure: String,
    /// The number of failed tries since `first_at`.
    pub failures: i32,
    pub first_at: DateTime<Utc>,
    pub next_try_at: DateTime<Utc>,
}

/// Returns everything that is set aside, the latest failure first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<SetAside>, DbErr> {
    let rows = row::Entity::find()
        .order_by_desc(row::COLUMN.last_at)
        .order_by_asc(row::COLUMN.row_id)
        .all(db)
        .await?;
    let of = |it: row::Model| SetAside {
        job: it.job,
        row_id: it.row_id,
        failure: it.failure,
        failures: it.failures,
        first_at: it.first_at,
        next_try_at: it.next_try_at,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Sets a row aside, once more if it was set aside already.
pub async fn record(
    tx: &DatabaseTransaction,
    job: Job,
    row_id: Uuid,
    failure: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let key = (job.into(), row_id);
    let known = row::Entity::find_by_id(key).one(tx).await?;
    let failures = known.as_ref().map_or(0, |it| it.failures).saturating_add(1);
    let model = row::Model {
        job: job.into(),
        row_id,
        failure: failure.to_owned(),
        failures,
        first_at: known.map_or(now, |it| it.first_at),
        last_at: now,
        next_try_at: now + pause(failures),
    };
    let changed = [row::Column::Failure, row::Column::Failures, row::Column::LastAt, row::Column::NextTryAt];
    let conflict =
        OnConflict::columns([row::Column::Job, row::Column::RowId]).update_columns(changed).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes a row back that its job could handle.
pub async fn clear(tx: &DatabaseTransaction, job: Job, row_id: Uuid) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.job.eq(job.code()))
        .filter(row::COLUMN.row_id.eq(row_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets the rows that were not tried again for a day. Returns how many there were.
pub async fn forget(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let old = row::Entity::delete_many().filter(row::COLUMN.last_at.lt(now - FORGOTTEN_AFTER));
    Ok(old.exec(tx).await?.rows_affected)
}

/// Returns the time for which a row is left alone after this number of failures.
fn pause(failures: i32) -> TimeDelta {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(0).min(10);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::pause;

    #[test]
    fn the_pause_doubles_up_to_six_hours() {
        assert_eq!([1, 2, 3].map(pause), [1, 2, 4].map(TimeDelta::minutes));
        assert_eq!([9, 10, 11, i32::MAX].map(|it| pause(it).num_minutes()), [256, 360, 360, 360]);
    }
}
