//! Statistics that may be published: counts with the small ones hidden so that they cannot be computed from
//! the others, medians, and shares.
pub mod adoption;
pub mod figures;
pub mod indicator;
pub mod month;
pub mod published;
mod shades;
mod suppression;

use std::{collections::BTreeMap, fmt};

pub use shades::Shades;
pub use suppression::protected;

use crate::wording::thousands;

/// The smallest count that is published. Counts from 1 up to below it are hidden (`docs/spec/programme.md`
/// §5).
pub const LEAST: u64 = 5;

/// The smallest number of values whose median is published (`docs/spec/around.md` §9).
pub const MEDIAN_LEAST: u64 = 10;

/// A count as it may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayedCount {
    Exact(u64),
    /// The count is from 1 to 4.
    Few,
    /// The count is hidden because it is from 1 to 4 or would reveal one that is.
    Withheld,
}

/// The median and the 90th percentile of a list of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub n: usize,
    /// Twice the median, since the median may lie between two numbers.
    twice_median: u64,
    /// The smallest number that at least nine tenths of the numbers do not exceed.
    pub ninetieth: u32,
}

impl DisplayedCount {
    pub const fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(count) => Some(count),
            Self::Few | Self::Withheld => None,
        }
    }
}

/// Formats as 「1,234」, 「1から4」 or 「非公表」.
impl fmt::Display for DisplayedCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => f.write_str(&thousands(*count)),
            Self::Few => write!(f, "1から{}", LEAST - 1),
            Self::Withheld => f.write_str("非公表"),
        }
    }
}

impl Spread {
    /// Computes the spread; `None` if there are no numbers.
    pub fn of(mut numbers: Vec<u32>) -> Option<Self> {
        numbers.sort_unstable();
        let n = numbers.len();
        let at = |place: usize| numbers.get(place).copied();
        let (low, high) = (at(n.checked_sub(1)? / 2)?, at(n / 2)?);
        let ninetieth = at((n * 9).div_ceil(10) - 1)?;
        Some(Self { n, twice_median: u64::from(low) + u64::from(high), ninetieth })
    }

    /// Computes the spread of numbers with the count of each; `None` if there are none.
    pub fn of_counts(counts: &BTreeMap<u32, u64>) -> Option<Self> {
        let n: u64 = counts.values().sum();
        let at = |place: u64| {
            let mut seen = 0;
            counts.iter().find(|(_, count)| {
                seen += **count;
                seen > place
            })
        };
        let (low, high) = (at(n.checked_sub(1)? / 2)?, at(n / 2)?);
        let ninetieth = *at((n * 9).div_ceil(10) - 1)?.0;
        let twice_median = u64::from(*low.0) + u64::from(*high.0);
        Some(Self { n: usize::try_from(n).ok()?, twice_median, ninetieth })
    }

    /// Returns the median: 「9」, 「9.5」.
    pub fn median(&self) -> String {
        let half = if self.twice_median.is_multiple_of(2) { "" } else { ".5" };
        format!("{}{half}", self.twice_median / 2)
    }
}

/// Returns the share: 「81.3%」. Returns `None` if `whole` is 0.
pub fn share(part: u64, whole: u64) -> Option<String> {
    let tenths = (part * 2000).checked_div(whole)?.div_ceil(2);
    Some(format!("{}.{}%", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests;
