//! Examines the editions of the statistics: none is missing, each adds up, and none waits long for its release.
use chrono::{DateTime, TimeDelta, Utc};
use domain::statistics::{
    figures::{FIELDS, FigureTable, MonthFigures},
    month::EditionMonth,
};
use sea_orm::{ConnectionTrait, DbErr};

use super::Findings;
use crate::store::statistics::edition;

/// The minutes for which a release may wait for the worker.
const GRACE: i64 = 10;

/// The tables whose counts add up to the number of consultations that were received.
const PARTS: [FigureTable; 6] = [
    FigureTable::Fields,
    FigureTable::Prefecture,
    FigureTable::Size,
    FigureTable::Industry,
    FigureTable::Mode,
    FigureTable::Origin,
];

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let mut before: Option<EditionMonth> = None;
    let mut releases = edition::releases(db).await?;
    releases.reverse();
    for release in releases {
        let subject = format!("edition {}", release.month.code());
        if release.released_at.is_none() && now - release.comment_until > TimeDelta::minutes(GRACE) {
            findings.add("edition_step", &subject, "it is long to be released");
        }
        if before.is_some_and(|it| it.next() != release.month) {
            findings.add("edition", &subject, "the edition of the month before is missing");
        }
        before = Some(release.month);
        let Some(it) = edition::find(db, release.month).await? else { continue };
        for field in FIELDS {
            for table in wrong_sums(it.content.about(field)) {
                findings.add("edition", &subject, format!("the table {} does not add up", table.code()));
            }
        }
    }
    Ok(())
}

/// Returns the tables whose counts do not add up to the number that they divide.
fn wrong_sums(figures: &MonthFigures) -> Vec<FigureTable> {
    let received = figures.sum(FigureTable::Received);
    let is_wrong = |table: &FigureTable| match table.parent() {
        Some((parent, cell)) => figures.sum(*table) != figures.count(parent, cell),
        None => PARTS.contains(table) && figures.sum(*table) != received,
    };
    FigureTable::ALL.into_iter().filter(is_wrong).collect()
}
