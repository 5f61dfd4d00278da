//! The statistics that the public reads: the released editions, by fiscal year.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::statistics::published::PublishedYear;
use sea_orm::{ConnectionTrait, DbErr};

use super::edition;

/// The published figures of all fiscal years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedStatistics(BTreeMap<i32, Published>);

/// The published figures of one fiscal year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub year: PublishedYear,
    /// The time at which the last month was closed.
    pub closed_at: DateTime<Utc>,
}

/// Reads the editions that are released.
pub async fn load(db: &impl ConnectionTrait) -> Result<PublishedStatistics, DbErr> {
    let mut years = BTreeMap::<i32, Vec<_>>::new();
    let mut closed = BTreeMap::new();
    for it in edition::released(db).await? {
        let Some(year) = it.month.fiscal_year() else { continue };
        closed.insert(year.start_year(), it.closed_at);
        years.entry(year.start_year()).or_default().push((it.month, it.content.all));
    }
    let published = years.into_iter().filter_map(|(year, months)| {
        let closed_at = *closed.get(&year)?;
        Some((year, Published { year: PublishedYear::of(&months)?, closed_at }))
    });
    Ok(PublishedStatistics(published.collect()))
}

impl PublishedStatistics {
    /// Returns the figures of a fiscal year, by the year in which it begins.
    pub fn of(&self, year: i32) -> Option<&Published> {
        self.0.get(&year)
    }

    /// Returns the years, the latest first.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.0.keys().rev().copied()
    }
}
