//! Examines a database for violated invariants. It reads page by page, never row by row.
mod aftercare;
mod booking;
mod calendar;
mod campaign;
mod desk_entry;
mod duplicate_key;
mod external_calendar;
pub mod files;
mod gathering;
mod history;
mod inbound_mail;
mod mail;
mod network;
mod page;
mod retention;
mod set_aside;
mod standing;
mod statistics;
mod survey;
mod waiting_list;

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, TransactionTrait,
};

use page::Page;

/// A violated invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule. It is stable, because operators' scripts may depend on it.
    pub rule: &'static str,
    /// The row, named by the number that people know, or else by table and key.
    pub subject: String,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.rule, self.subject, self.what)
    }
}

/// Returns everything that is wrong at `now`; empty for a sound database.
///
/// Reads one snapshot in pages, so that it can run beside the service and needs memory for only one page.
pub async fn examine(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Vec<Finding>, DbErr> {
    let tx = snapshot(db).await?;
    let mut findings = Findings::default();
    let mut last = None;
    while let Some(page) = Page::after(&tx, last).await? {
        for case in page.cases() {
            history::examine(&case, &mut findings);
            standing::examine(&case, &mut findings);
            booking::examine(&case, now, &mut findings);
        }
        last = page.last();
    }
    calendar::examine(&tx, &mut findings).await?;
    booking::examine_holds(&tx, now, &mut findings).await?;
    booking::examine_choices(&tx, &mut findings).await?;
    aftercare::examine(&tx, now, &mut findings).await?;
    waiting_list::examine(&tx, now, &mut findings).await?;
    standing::examine_counters(&tx, &mut findings).await?;
    standing::examine_merges(&tx, &mut findings).await?;
    duplicate_key::examine(&tx, &mut findings).await?;
    external_calendar::examine(&tx, now, &mut findings).await?;
    mail::examine(&tx, now, &mut findings).await?;
    gathering::examine(&tx, now, &mut findings).await?;
    campaign::examine(&tx, now, &mut findings).await?;
    statistics::examine(&tx, now, &mut findings).await?;
    network::examine(&tx, now, &mut findings).await?;
    survey::examine(&tx, now, &mut findings).await?;
    desk_entry::examine(&tx, now, &mut findings).await?;
    retention::examine(&tx, &mut findings).await?;
    inbound_mail::examine(&tx, now, &mut findings).await?;
    set_aside::examine(&tx, &mut findings).await?;
    tx.rollback().await?;
    Ok(findings.0)
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: &'static str, subject: impl fmt::Display, what: impl fmt::Display) {
        self.0.push(Finding { rule, subject: subject.to_string(), what: what.to_string() });
    }
}

/// Begins a transaction in which all reads see the same snapshot. A transaction of SQLite is a snapshot by
/// itself.
async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return db.begin().await;
    }
    db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await
}

#[cfg(test)]
mod tests;
