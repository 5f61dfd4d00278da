//! The edition of a month as the ministries read it: the published figures of its fiscal year up to it, and the center's
//! comment. It has no count that the public does not read. The center can look at it before the release.
use askama::Template;
use domain::statistics::{
    figures::{FigureTable, MonthFigures, WaitKind},
    indicator::DefinedIndicator,
    month::EditionMonth,
    published::PublishedYear,
};

use super::{
    public::{MonthTable, PublicIndicator, indicators, of_runs},
    tables::Table,
};
use crate::{
    store::statistics::edition::{Edition, EditionRelease},
    url,
    web::kit::page::Shell,
};

/// The published figures of an edition.
pub struct PublishedEdition {
    pub edition: Edition,
    pub release: EditionRelease,
    year: PublishedYear,
    /// The indicators of an administrator that stand in the edition.
    defined: Vec<DefinedIndicator>,
}

#[derive(Template)]
#[template(path = "stats/published_edition.html")]
pub struct PublishedEditionPage {
    shell: Shell,
    published: PublishedEdition,
    runs: Table,
    tables: Vec<MonthTable>,
    indicators: Vec<PublicIndicator>,
}

impl PublishedEdition {
    /// Returns what is published with an edition, of the months of its fiscal year up to it; `None` without a month.
    pub fn of(
        edition: Edition,
        release: EditionRelease,
        months: &[(EditionMonth, MonthFigures)],
        defined: Vec<DefinedIndicator>,
    ) -> Option<Self> {
        Some(Self { edition, release, year: PublishedYear::of(months)?, defined })
    }

    /// Returns the numbers of consultations by month.
    pub fn runs(&self) -> Table {
        of_runs(&self.year)
    }

    /// Returns the other tables that have a count.
    pub fn tables(&self) -> Vec<MonthTable> {
        let others = FigureTable::ALL.into_iter().filter(|it| *it != FigureTable::Received);
        others.filter_map(|it| MonthTable::of(self.year.table(it)?)).collect()
    }

    pub fn indicators(&self) -> Vec<PublicIndicator> {
        let mut all = indicators(&self.year);
        all.extend(self.defined.iter().filter_map(|it| PublicIndicator::defined(&self.year, it)));
        all
    }

    /// Returns the waits of companies: the label, the median and the 90th percentile.
    pub fn waits(&self) -> Vec<(&'static str, String, u32)> {
        let wait = |it: WaitKind| {
            let spread = self.year.spread(it)?;
            Some((it.label(), spread.median(), spread.ninetieth))
        };
        WaitKind::ALL.into_iter().filter_map(wait).collect()
    }
}

impl PublishedEditionPage {
    pub fn new(shell: Shell, published: PublishedEdition) -> Self {
        let (runs, tables, indicators) = (published.runs(), published.tables(), published.indicators());
        Self { shell, published, runs, tables, indicators }
    }
}
