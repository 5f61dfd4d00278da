//! Reports the rows that background jobs could not handle.
use sea_orm::{ConnectionTrait, DbErr};

use super::Findings;
use crate::store;

pub(super) async fn examine(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    for it in store::set_aside::all(db).await? {
        let table = it.job.known().map_or("row", codes::Job::table);
        let what = format!("{} has failed {} times: {}", it.job.code(), it.failures, it.failure);
        findings.add("set_aside", format!("{table} {}", it.row_id), what);
    }
    Ok(())
}
