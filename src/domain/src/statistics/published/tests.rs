use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert, prop_assert_eq, prop_assume, proptest};

use super::{DisplayedCount, EditionMonth, FigureTable, LEAST, MonthFigures, PublishedYear, WaitKind};
use crate::statistics::suppression::ALTERNATIVES;

const CELLS: [&str; 3] = ["ict", "labor", "both"];

/// The counts of the cells of one table, month by month.
type Counts = Vec<[u64; 3]>;

fn april() -> EditionMonth {
    EditionMonth::of(NaiveDate::from_ymd_opt(2026, 4, 1).unwrap())
}

fn months(counts: &Counts) -> Vec<(EditionMonth, MonthFigures)> {
    let month = std::iter::successors(Some(april()), |it| Some(it.next()));
    let figures = counts.iter().map(|cells| {
        let mut figures = MonthFigures::default();
        figures.set(FigureTable::Received, [("all".to_owned(), cells.iter().sum())]);
        figures.set(FigureTable::Fields, CELLS.iter().map(|it| (*it).to_owned()).zip(*cells));
        figures
    });
    month.zip(figures).collect()
}

/// Returns everything that the public has ever read: what was published with each edition.
fn publications(counts: &Counts) -> Vec<Option<PublishedYear>> {
    let months = months(counts);
    (1..=months.len()).map(|n| PublishedYear::of(&months[..n])).collect()
}

/// The runs and the table of fields, as they were published with each edition.
type Known = Vec<(Vec<super::Run>, Option<super::PublishedTable>)>;

/// Returns what of `publications` tells of the fields.
fn known(counts: &Counts) -> Known {
    known_of(counts, 6)
}

/// Returns the same for a year that ends with the last of these months.
fn known_at_the_end(counts: &Counts) -> Known {
    known_of(counts, counts.len())
}

fn known_of(counts: &Counts, whole: usize) -> Known {
    let months = months(counts);
    let prefixes = (1..=months.len()).map(|n| super::Months::new(&months[..n], n == whole));
    prefixes.map(|it| (it.published_runs(), it.table(FigureTable::Fields))).collect()
}

/// Returns the data that differ from these by a few consultations, of another field or received in another month.
fn neighbours(counts: &Counts) -> Vec<Counts> {
    let mut found = Vec::new();
    let places = || (0..counts.len()).flat_map(|month| (0..3).map(move |cell| (month, cell)));
    let moved = |counts: &Counts, from: (usize, usize), to: (usize, usize), n: u64| {
        let mut other = counts.clone();
        other[from.0][from.1] = other[from.0][from.1].checked_sub(n)?;
        other[to.0][to.1] += n;
        Some(other)
    };
    for from in places() {
        for to in places().filter(|it| *it != from && (it.0 == from.0 || it.1 == from.1)) {
            for n in 1..LEAST {
                let Some(other) = moved(counts, from, to, n) else { continue };
                // If a consultation was moved to another month, one of another field is moved back.
                if to.0 != from.0 {
                    for cell in (0..3).filter(|it| *it != from.1) {
                        found.extend(moved(&other, (to.0, cell), (from.0, cell), n));
                    }
                }
                found.push(other);
            }
        }
    }
    found
}

/// Returns data whose months have the same totals as these, with all but a few consultations of some months in one field.
fn reshaped(counts: &Counts) -> Vec<Counts> {
    let mut found = Vec::new();
    for (first, last) in spans(counts) {
        for (most, kept) in (0..3).flat_map(|most| (0..100).map(move |kept| (most, [kept / 10, kept % 10]))) {
            let (mut other, mut left) = (counts.clone(), kept);
            for month in first..=last {
                let total: u64 = counts[month].iter().sum();
                let a = left[0].min(total);
                let b = left[1].min(total - a);
                left = [left[0] - a, left[1] - b];
                other[month][(most + 1) % 3] = a;
                other[month][(most + 2) % 3] = b;
                other[month][most] = total - a - b;
            }
            if left == [0, 0] {
                found.push(other);
            }
        }
    }
    found
}

/// Returns the first and last month of every time.
fn spans(counts: &Counts) -> impl Iterator<Item = (usize, usize)> {
    let months = counts.len();
    (0..months).flat_map(move |first| (first..months).map(move |last| (first, last)))
}

/// Returns a small count that a reader could reckon, who knows the program and everything that was published: no other data
/// with another count would have been published in the same way.
fn reckoned(counts: &Counts) -> Option<String> {
    let published = known(counts);
    let is_alike = |it: &Counts| known(it) == published;
    let mut alike: Vec<_> = neighbours(counts).into_iter().filter(is_alike).collect();
    let mut has_all = false;
    for (cell, (first, last)) in (0..3).flat_map(|cell| spans(counts).map(move |it| (cell, it))) {
        let sum = |of: &Counts| of[first..=last].iter().map(|it| it[cell]).sum::<u64>();
        let small = sum(counts);
        let is_known = |alike: &[Counts]| alike.iter().all(|it| sum(it) == small);
        if !(1..LEAST).contains(&small) || !is_known(&alike) {
            continue;
        }
        if !std::mem::replace(&mut has_all, true) {
            alike.extend(reshaped(counts).into_iter().filter(is_alike));
        }
        if is_known(&alike) {
            return Some(format!("{} of the months {first} to {last} is {small}: {counts:?}", CELLS[cell]));
        }
    }
    None
}

/// Returns every list of so many numbers whose sum is at most `most`.
fn lists(numbers: usize, most: u64) -> Vec<Vec<u64>> {
    if numbers == 0 {
        return vec![Vec::new()];
    }
    let longer =
        |first: u64| lists(numbers - 1, most - first).into_iter().map(move |it| [vec![first], it].concat());
    (0..=most).flat_map(longer).collect()
}

/// Every year of so many months with few consultations about so many of the fields is tried: of no small count, in whatever
/// months, fewer than `ALTERNATIVES` values are possible among the years that were published in the same way, month by month
/// and at the end. Years with at most `examined` consultations are examined, and larger ones are alternatives.
fn examine_all_years(months: usize, fields: usize, examined: u64) {
    let mut alike = BTreeMap::<String, Vec<Counts>>::new();
    for list in lists(months * fields, examined + LEAST - 1) {
        let month =
            |it: &[u64]| -> [u64; 3] { std::array::from_fn(|cell| it.get(cell).copied().unwrap_or(0)) };
        let counts: Counts = list.chunks(fields).map(month).collect();
        alike.entry(format!("{:?}", known_at_the_end(&counts))).or_default().push(counts);
    }
    let total = |it: &Counts| it.iter().flatten().sum::<u64>();
    for years in alike.values().filter(|it| it.iter().any(|year| total(year) <= examined)) {
        for (cell, (first, last)) in (0..fields).flat_map(|cell| spans(&years[0]).map(move |it| (cell, it))) {
            let sum = |of: &Counts| of[first..=last].iter().map(|it| it[cell]).sum::<u64>();
            let values: BTreeSet<_> = years.iter().map(sum).collect();
            assert!(
                values.len() >= ALTERNATIVES || values.iter().all(|it| !(1..LEAST).contains(it)),
                "field {cell} of the months {first} to {last} of {:?} is one of {values:?}",
                years[0]
            );
        }
    }
}

#[test]
fn no_small_count_of_any_year_can_be_reckoned_by_trying_every_year() {
    examine_all_years(2, 2, 12);
    examine_all_years(2, 3, 6);
    examine_all_years(3, 2, 6);
}

#[test]
fn two_small_counts_at_their_limit_are_hidden_with_the_third() {
    let counts = vec![[0, 0, 0], [0, 0, 2], [5, 5, 3], [2, 0, 0], [2, 6, 1], [0, 3, 3]];
    assert_eq!(reckoned(&counts), None);
}

fn year() -> impl Strategy<Value = Counts> {
    let month = [0_u64..9, 0_u64..30, 0_u64..4];
    prop::collection::vec(month, 1..=6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A small count cannot be reckoned from anything that was published if other data, with another count, would have
    /// been published in the same way. This holds for a reader who knows the program.
    #[test]
    fn no_small_count_of_any_time_can_be_reckoned_from_all_publications(counts in year()) {
        prop_assert_eq!(reckoned(&counts), None);
    }

    /// The months of a table tell nothing of its cells, neither those that it has nor those that it has not yet.
    #[test]
    fn when_a_table_is_published_follows_from_the_published_runs_alone(counts in year(), turn in 1_usize..3) {
        let mut other = counts.clone();
        other.iter_mut().for_each(|it| it.rotate_left(turn));
        let months = |of: &Counts| -> Vec<_> {
            known(of).into_iter().map(|(runs, table)| (runs, table.map(|it| it.through))).collect()
        };
        prop_assert_eq!(months(&counts), months(&other));
    }

    #[test]
    fn no_small_number_of_a_month_is_published(counts in year()) {
        let published = publications(&counts);
        let received = |it: usize| counts[it].iter().sum::<u64>();
        for year in published.iter().flatten() {
            for run in year.runs.iter().filter(|it| it.received.exact().is_some()) {
                prop_assert!(run.received.exact().is_some_and(|it| it == 0 || it >= LEAST));
            }
        }
        // The difference of two publications is that of whole runs.
        for two in published.windows(2) {
            let received: Vec<_> = two.iter().flatten().map(PublishedYear::received).collect();
            if let [before, after] = received.as_slice() {
                prop_assert!(before <= after && (after - before == 0 || after - before >= LEAST));
            }
        }
        let whole: u64 = (0..counts.len()).map(received).sum();
        prop_assert!(published.iter().flatten().all(|it| it.received() <= whole));
    }

    #[test]
    fn an_edition_changes_nothing_that_was_published_before(counts in year()) {
        prop_assume!(counts.len() > 1);
        let published = publications(&counts);
        for two in published.windows(2) {
            let (Some(before), Some(after)) = (&two[0], &two[1]) else { continue };
            prop_assert!(after.runs.starts_with(&before.runs));
            let (Some(a), Some(b)) = (before.table(FigureTable::Fields), after.table(FigureTable::Fields)) else {
                continue;
            };
            prop_assert!(a.through <= b.through);
            for ((_, _, then), (_, _, now)) in a.cells.iter().zip(&b.cells) {
                prop_assert!(then.exact().is_some() || now.exact().is_none(), "a hidden cell stays hidden");
            }
        }
    }
}

#[test]
fn a_table_is_brought_up_to_date_with_every_fifty_consultations_for_a_cell() {
    let counts = vec![[60, 70, 19], [5, 6, 0], [90, 40, 19], [0, 0, 1]];
    let years = publications(&counts);
    let fields = |at: usize| {
        let table = years[at].as_ref()?.table(FigureTable::Fields)?;
        Some((table.through.short(), table.cells.iter().map(|it| it.2).collect::<Vec<_>>()))
    };
    let exact = |counts: [u64; 3]| counts.map(DisplayedCount::Exact).to_vec();
    assert_eq!(fields(0), None, "149 are too few");
    assert_eq!(fields(1), Some(("5月".to_owned(), exact([65, 76, 19]))));
    assert_eq!(fields(2), fields(1));
    assert_eq!(fields(3), fields(1));
    let later = years[3].as_ref().unwrap();
    assert_eq!((later.received(), later.through().map(EditionMonth::short)), (309, Some("6月".to_owned())));
    let received = later.table(FigureTable::Received).unwrap();
    assert_eq!(
        (received.through.short(), received.cells[0].2),
        ("6月".to_owned(), DisplayedCount::Exact(309))
    );
}

#[test]
fn the_last_edition_of_a_year_shows_what_can_be_shown() {
    let counts: Counts = (0..12).map(|_| [3, 4, 0]).collect();
    let years = publications(&counts);
    let table = years[11].as_ref().unwrap().table(FigureTable::Fields).unwrap();
    assert_eq!(table.cells[0].2, DisplayedCount::Exact(36));
    let few: Counts = (0..12).map(|month| [u64::from(month == 11), 0, 0]).collect();
    let years = publications(&few);
    let last = years[11].as_ref().unwrap();
    assert_eq!(last.runs.last().map(|it| it.received), Some(DisplayedCount::Few));
    assert_eq!(last.received(), 0);
}

#[test]
fn the_reasons_are_hidden_with_their_sum_and_waits_come_ten_at_a_time() {
    let mut all = months(&vec![[100, 100, 10]; 2]);
    let count = |cell: &str, n| (cell.to_owned(), n);
    for (month, unfulfilled) in [(0, 6), (1, 2)] {
        let ended = [count("completed", 20), count("unfulfilled", unfulfilled), count("withdrawn", 5)];
        all[month].1.set(FigureTable::Ended, ended);
        all[month].1.set(FigureTable::Unfulfilled, [count("no_expert", unfulfilled)]);
    }
    (0..10).for_each(|days| all[0].1.add_wait(WaitKind::FirstContact, days));
    (0..9).for_each(|_| all[1].1.add_wait(WaitKind::FirstContact, 9));
    let no_expert = |months: usize| {
        let year = PublishedYear::of(&all[..months])?;
        let reasons = year.table(FigureTable::Unfulfilled)?;
        Some((reasons.through, reasons.count("no_expert")?))
    };
    assert_eq!(no_expert(1), Some((april(), DisplayedCount::Exact(6))));
    assert_eq!(no_expert(2), Some((april().next(), DisplayedCount::Withheld)));
    let year = PublishedYear::of(&all).unwrap();
    let ended = year.table(FigureTable::Ended).unwrap();
    let cells =
        ["completed", "unfulfilled", "withdrawn"].map(|it| ended.count(it).and_then(DisplayedCount::exact));
    assert_eq!(cells, [Some(40), None, None]);
    assert_eq!(year.spread(WaitKind::FirstContact).map(|it| it.n), Some(10));
}
