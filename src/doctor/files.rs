//! Compares the files of messages and telework months with the disk: every row has its bytes, and every file has its row.
use std::{io, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{attachment as row, publication_file};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Finding, Findings};
use crate::{files, ops::housekeeping::WITHOUT_ROW, store};

/// The hours for which a file may wait for the scanner.
const GRACE: i64 = 24;
/// The number of rows or files that are examined at once.
const PAGE: u64 = 500;

/// The finding about a file that the scanner has not seen.
const UNSCANNED: &str = "it has waited for the scanner for a day";

/// The reason why the files could not be examined.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("the folder of the files cannot be read: {0}")]
    Folder(#[from] io::Error),
}

/// Returns everything that is wrong with the files in this folder at `now`. Reads every file once, a page of
/// rows at a time.
pub async fn examine(
    db: &impl ConnectionTrait,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>, Failed> {
    let mut findings = Findings::default();
    let mut last = None;
    loop {
        let rows = page(db, last).await?;
        let Some(end) = rows.last() else { break };
        last = Some((end.sha256.clone().unwrap_or_default(), end.id));
        rows_of(&rows, folder, &mut findings).await?;
    }
    of_publications(db, folder, now, &mut findings).await?;
    unscanned(db, now, &mut findings).await?;
    orphans(db, folder, now, &mut findings).await?;
    Ok(findings.0)
}

/// Returns the next rows that have a file, with rows of the same bytes next to each other.
async fn page(db: &impl ConnectionTrait, after: Option<(String, Uuid)>) -> Result<Vec<row::Model>, DbErr> {
    let mut query = row::Entity::find().filter(row::COLUMN.sha256.is_not_null());
    if let Some((sha256, id)) = after {
        let same = Condition::all().add(row::Column::Sha256.eq(&*sha256)).add(row::Column::Id.gt(id));
        query = query.filter(Condition::any().add(row::Column::Sha256.gt(&*sha256)).add(same));
    }
    query.order_by_asc(row::COLUMN.sha256).order_by_asc(row::COLUMN.id).limit(PAGE).all(db).await
}

async fn rows_of(rows: &[row::Model], folder: &Path, findings: &mut Findings) -> io::Result<()> {
    let mut measured: Option<(&str, Option<(u64, String)>)> = None;
    for it in rows {
        let hash = it.sha256.as_deref().unwrap_or_default();
        if measured.as_ref().is_none_or(|(known, _)| *known != hash) {
            let there = match files::measure(folder, hash).await {
                // A value that is not a hash has no file.
                Err(err) if err.kind() == io::ErrorKind::InvalidInput => None,
                other => other?,
            };
            measured = Some((hash, there));
        }
        let there = measured.as_ref().and_then(|(_, it)| it.as_ref());
        if let Some(what) = damage(there, hash, it.size) {
            findings.add("file", format!("attachment {}", it.id), what);
        }
    }
    Ok(())
}

/// Returns what is wrong with a file of which a row says that it has this hash and length.
fn damage(there: Option<&(u64, String)>, hash: &str, size: i64) -> Option<&'static str> {
    match there {
        None => Some("its file is missing"),
        Some((length, _)) if i64::try_from(*length) != Ok(size) => Some("its file has another length"),
        Some((_, found)) if found != hash => Some("its file has other bytes"),
        Some(_) => None,
    }
}

/// Examines the files of publications, which are few.
async fn of_publications(
    db: &impl ConnectionTrait,
    folder: &Path,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), Failed> {
    let all = publication_file::Entity::find().order_by_asc(publication_file::COLUMN.id).all(db).await?;
    for it in all {
        let of = format!("publication_file {}", it.id);
        let there = match files::measure(folder, &it.sha256).await {
            Err(err) if err.kind() == io::ErrorKind::InvalidInput => None,
            other => other?,
        };
        if let Some(what) = damage(there.as_ref(), &it.sha256, it.size) {
            findings.add("file", of.clone(), what);
        }
        let is_held = it.state == store::correspondence::attachment::Trust::Held;
        if is_held && it.created_at < now - TimeDelta::hours(GRACE) {
            findings.add("file_scan", of, UNSCANNED);
        }
    }
    Ok(())
}

async fn unscanned(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let waiting: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.state.eq(store::correspondence::attachment::Trust::Held.code()))
        .filter(row::COLUMN.created_at.lt(now - TimeDelta::hours(GRACE)))
        .order_by_asc(row::COLUMN.id)
        .into_tuple()
        .all(db)
        .await?;
    for it in waiting {
        findings.add("file_scan", format!("attachment {it}"), UNSCANNED);
    }
    Ok(())
}

async fn orphans(
    db: &impl ConnectionTrait,
    folder: &Path,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), Failed> {
    let mut idle = files::idle(folder, now - WITHOUT_ROW).await?.whole;
    idle.sort();
    for hashes in idle.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
        let known = store::stored_files::known(db, hashes).await?;
        for it in hashes.iter().filter(|it| !known.contains(*it)) {
            findings.add("file_row", format!("file {it}"), "no message has it, for more than a day");
        }
    }
    Ok(())
}
