//! The published figures of a fiscal year, from which no small count can be reckoned: neither from one
//! page or file, nor from the difference of two, whatever the months between them.
//!
//! A *run* is the shortest time of whole months with no consultation or at least `LEAST`. Everything is published for
//! whole runs, so that a smaller month is in no difference. A *block* of a table is a time of whole runs whose counts are
//! protected together, once and for all. The counts of a year are the sums of those of its blocks: a cell that was hidden
//! in one block stays hidden for the year. Blocks do not overlap, and their limits follow from published numbers alone, so
//! that together they reveal no more than each of them. Tables that divide the same consultations share nothing but the
//! published number of these, so that one tells nothing of another.
use super::{
    DisplayedCount, LEAST, MEDIAN_LEAST, Spread,
    figures::{FigureTable, MonthFigures, WaitKind},
    month::EditionMonth,
    protected,
};

/// The consultations for each cell of a table with which a block ends. More are up to date later and hide less.
const FOR_EACH_CELL: u64 = 50;

/// The tables of which every run is a block: those without a division, and those that count once in a year.
const AT_ONCE: [FigureTable; 6] = [
    FigureTable::Received,
    FigureTable::Events,
    FigureTable::MonthStatus,
    FigureTable::MonthIndustry,
    FigureTable::MonthPrefecture,
    FigureTable::MonthKind,
];

/// The published figures of a fiscal year, up to one of its months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedYear {
    /// The last month whose edition there is.
    pub edition: EditionMonth,
    /// The times for which the number of consultations is published.
    pub runs: Vec<Run>,
    tables: Vec<PublishedTable>,
    waits: Vec<(WaitKind, Spread)>,
}

/// A time of whole months, with the number of consultations that were received in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub first: EditionMonth,
    pub last: EditionMonth,
    pub received: DisplayedCount,
}

/// The published counts of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTable {
    pub table: FigureTable,
    /// The last month that is counted.
    pub through: EditionMonth,
    /// The cells in their order: code, label and count.
    pub cells: Vec<(String, String, DisplayedCount)>,
}

/// The months of one year, without those that come too early to be published.
struct Months<'a> {
    months: &'a [(EditionMonth, MonthFigures)],
    /// The places of the first and last month of each run.
    runs: Vec<(usize, usize)>,
    /// Whether the last month ends the fiscal year.
    is_whole: bool,
}

impl PublishedYear {
    /// Returns what is published of these editions of one fiscal year, in their order; `None` without an edition.
    pub fn of(months: &[(EditionMonth, MonthFigures)]) -> Option<Self> {
        let edition = months.last()?.0;
        let months = Months::new(months, edition.ends_year());
        Some(Self {
            edition,
            runs: months.published_runs(),
            tables: FigureTable::ALL.into_iter().filter_map(|it| months.table(it)).collect(),
            waits: WaitKind::ALL.into_iter().filter_map(|it| Some((it, months.spread(it)?))).collect(),
        })
    }

    /// Returns the number of consultations of the runs whose number is exact.
    pub fn received(&self) -> u64 {
        self.runs.iter().filter_map(|it| it.received.exact()).sum()
    }

    /// Returns the last month that `received` counts.
    pub fn through(&self) -> Option<EditionMonth> {
        self.runs.iter().rev().find(|it| it.received.exact().is_some()).map(|it| it.last)
    }

    /// Returns a table; `None` if nothing of it can be published yet.
    pub fn table(&self, table: FigureTable) -> Option<&PublishedTable> {
        self.tables.iter().find(|it| it.table == table)
    }

    pub fn spread(&self, kind: WaitKind) -> Option<&Spread> {
        self.waits.iter().find(|it| it.0 == kind).map(|it| &it.1)
    }
}

impl Run {
    /// Returns the label: 「4月」 or 「4月から6月」.
    pub fn label(&self) -> String {
        if self.first == self.last {
            self.first.short()
        } else {
            format!("{}から{}", self.first.short(), self.last.short())
        }
    }
}

impl PublishedTable {
    pub fn count(&self, cell: &str) -> Option<DisplayedCount> {
        self.cells.iter().find(|it| it.0 == cell).map(|it| it.2)
    }

    /// Returns the sum of cells; `None` if one of them is hidden.
    pub fn sum(&self, cells: &[&str]) -> Option<u64> {
        cells.iter().map(|it| self.count(it)?.exact()).sum()
    }
}

impl<'a> Months<'a> {
    fn new(months: &'a [(EditionMonth, MonthFigures)], is_whole: bool) -> Self {
        let (mut runs, mut first, mut sum) = (Vec::new(), 0, 0);
        for (place, (_, figures)) in months.iter().enumerate() {
            sum += figures.sum(FigureTable::Received);
            if sum >= LEAST || (sum == 0 && first == place) {
                runs.push((first, place));
                (first, sum) = (place + 1, 0);
            }
        }
        Self { months, runs, is_whole }
    }

    /// Returns the runs. At the end of the year, the months that are too few stand as such.
    fn published_runs(&self) -> Vec<Run> {
        let run = |first: usize, last: usize, received| {
            let month = |place: usize| self.months.get(place).map(|it| it.0);
            Some(Run { first: month(first)?, last: month(last)?, received })
        };
        let sum = |(first, last): (usize, usize)| self.total(first, last).sum(FigureTable::Received);
        let exact =
            |&(first, last): &(usize, usize)| run(first, last, DisplayedCount::Exact(sum((first, last))));
        let mut runs: Vec<_> = self.runs.iter().filter_map(exact).collect();
        let rest = self.runs.last().map_or(0, |it| it.1 + 1);
        if self.is_whole && rest < self.months.len() {
            runs.extend(run(rest, self.months.len() - 1, DisplayedCount::Few));
        }
        runs
    }

    /// Returns the figures of the months from one place to another.
    fn total(&self, first: usize, last: usize) -> MonthFigures {
        let mut total = MonthFigures::default();
        for (_, figures) in self.months.get(first..=last).unwrap_or_default() {
            total.add(figures);
        }
        total
    }

    /// Returns the blocks of a table: the place of their last month and their figures. A reader knows their limits, which
    /// follow from the published runs, and they depend on no cell of the table.
    fn blocks(&self, table: FigureTable) -> Vec<(usize, MonthFigures)> {
        let enough = enough(table.parent().map_or(table, |(parent, _)| parent));
        let (mut blocks, mut open) = (Vec::new(), MonthFigures::default());
        for (n, &(first, last)) in self.runs.iter().enumerate() {
            open.add(&self.total(first, last));
            let is_last = self.is_whole && n + 1 == self.runs.len();
            if is_last || open.sum(FigureTable::Received) >= enough {
                blocks.push((last, std::mem::take(&mut open)));
            }
        }
        blocks
    }

    fn table(&self, table: FigureTable) -> Option<PublishedTable> {
        let blocks = self.blocks(table);
        let through = self.months.get(blocks.last()?.0)?.0;
        let mut shown: Option<Vec<DisplayedCount>> = None;
        for (_, figures) in &blocks {
            let block = protected_block(table, figures);
            shown = Some(match shown {
                None => block,
                Some(before) => before.iter().zip(&block).map(|(a, b)| added(*a, *b)).collect(),
            });
        }
        let cells = table.cells().into_iter().zip(shown?);
        let cells = cells.map(|((code, label), count)| (code, label, count)).collect();
        Some(PublishedTable { table, through, cells })
    }

    /// Returns the spread of waits, of which new ones are published `MEDIAN_LEAST` at a time.
    fn spread(&self, kind: WaitKind) -> Option<Spread> {
        let (mut public, mut open) = (MonthFigures::default(), MonthFigures::default());
        for &(first, last) in &self.runs {
            open.add(&self.total(first, last));
            if open.waits(kind) >= MEDIAN_LEAST {
                public.add(&std::mem::take(&mut open));
            }
        }
        public.spread(kind)
    }
}

/// Returns the counts of a block of a table as `protected` shows them.
fn protected_block(table: FigureTable, figures: &MonthFigures) -> Vec<DisplayedCount> {
    let counts = figures.counts(table);
    // Events are public, each with a page of its own: their number tells of no person.
    if table == FigureTable::Events {
        return counts.into_iter().map(DisplayedCount::Exact).collect();
    }
    let hidden = || vec![DisplayedCount::Withheld; counts.len()];
    if let Some((parent, cell)) = table.parent() {
        let place = parent.cells().iter().position(|(code, _)| code == cell);
        let whole = place.and_then(|it| protected_block(parent, figures).get(it).copied());
        if whole.and_then(DisplayedCount::exact) != Some(counts.iter().sum()) {
            return hidden();
        }
    }
    protected(&counts)
}

/// Returns the number of consultations with which a block of a table ends.
fn enough(table: FigureTable) -> u64 {
    let cells = if AT_ONCE.contains(&table) { 0 } else { table.cells().len() };
    u64::try_from(cells).unwrap_or(u64::MAX).saturating_mul(FOR_EACH_CELL)
}

fn added(a: DisplayedCount, b: DisplayedCount) -> DisplayedCount {
    match (a.exact(), b.exact()) {
        (Some(a), Some(b)) => DisplayedCount::Exact(a + b),
        _ => DisplayedCount::Withheld,
    }
}

#[cfg(test)]
mod tests;
