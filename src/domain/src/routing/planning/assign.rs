//! The assignment problem, which the `pathfinding` library solves.
use pathfinding::kuhn_munkres::{Weights, kuhn_munkres};

/// The price of each column for each row, negated because the library maximises.
struct Gains {
    rows: usize,
    columns: usize,
    cells: Vec<i64>,
}

impl Weights<i64> for Gains {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn at(&self, row: usize, col: usize) -> i64 {
        self.cells[row * self.columns + col]
    }

    fn neg(&self) -> Self {
        Self { rows: self.rows, columns: self.columns, cells: self.cells.iter().map(|it| -it).collect() }
    }
}

/// Gives each row at most one column, and each column to at most one row, at the least total price. `None` means that
/// the row is left out at the price of `leaving`. A row may not have a column for which there is no price.
///
/// O(rows² × columns) at most; 8 bytes for each pair.
pub fn assign(
    rows: usize,
    columns: usize,
    price: impl Fn(usize, usize) -> Option<i64>,
    leaving: impl Fn(usize) -> i64,
) -> Vec<Option<usize>> {
    if rows == 0 {
        return Vec::new();
    }
    // A column that a row may not have costs the row as much as being left out. Therefore columns are added only if
    // there are fewer columns than rows: a row that is left out always finds an unused column.
    let width = columns.max(rows);
    let mut gains = Gains { rows, columns: width, cells: Vec::with_capacity(rows * width) };
    for row in 0..rows {
        let without = -leaving(row);
        gains.cells.extend((0..columns).map(|column| price(row, column).map_or(without, |it| -it)));
        gains.cells.resize((row + 1) * width, without);
    }
    let (_, found) = kuhn_munkres(&gains);
    let real =
        |(row, column): (usize, usize)| (column < columns && price(row, column).is_some()).then_some(column);
    found.into_iter().enumerate().map(real).collect()
}

#[cfg(test)]
mod tests {
    use super::assign;
    use proptest::prelude::*;

    const LEAVING: i64 = 1000;

    /// Returns the least total price by trying every assignment.
    fn least(prices: &[Vec<Option<i64>>], row: usize, used: &mut Vec<usize>) -> i64 {
        let Some(mine) = prices.get(row) else { return 0 };
        let mut best = LEAVING + least(prices, row + 1, used);
        for (column, price) in mine.iter().enumerate() {
            if let Some(price) = price.filter(|_| !used.contains(&column)) {
                used.push(column);
                best = best.min(price + least(prices, row + 1, used));
                used.pop();
            }
        }
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn an_assignment_costs_as_little_as_any(
            prices in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.6, 0..40_i64), 5), 0..6),
            columns in 0..6_usize,
        ) {
            let columns = columns.min(5);
            let prices: Vec<Vec<_>> = prices.into_iter().map(|mut it| { it.truncate(columns); it }).collect();
            let found = assign(prices.len(), columns, |row, column| prices[row][column], |_| LEAVING);
            let cost: i64 = found.iter().enumerate().map(|(row, it)| it.map_or(LEAVING, |it| prices[row][it].unwrap())).sum();
            let mut taken: Vec<_> = found.iter().flatten().collect();
            taken.sort_unstable();
            taken.dedup();
            prop_assert_eq!(taken.len(), found.iter().flatten().count());
            prop_assert_eq!(cost, least(&prices, 0, &mut Vec::new()));
        }
    }
}
