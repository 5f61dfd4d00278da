//! Statistics that may be published: counts with the small ones hidden so that they cannot be computed from
//! the others, medians, and shares.
pub mod adoption;
pub mod figures;
pub mod indicator;
pub mod month;
pub mod published;
mod shades;

use std::{collections::BTreeMap, fmt};

pub use shades::Shades;

use crate::wording::thousands;

/// The smallest count that is published. Counts from 1 up to below it are hidden (`docs/spec/programme.md`
/// §5).
pub const LEAST: u64 = 5;

/// A count as it may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayedCount {
    Exact(u64),
    /// The count is from 1 to 4.
    Few,
    /// The count is hidden because it would reveal a smaller one.
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

/// Returns how a single count is published that is not part of a sum.
pub const fn alone(count: u64) -> DisplayedCount {
    match count {
        1..LEAST => DisplayedCount::Few,
        _ => DisplayedCount::Exact(count),
    }
}

/// Returns how the parts of a whole are published if their sum is published as `alone` shows it.
///
/// Small parts are hidden. If the other parts and the sum would still reveal one, larger parts are hidden
/// too, smallest first. If that is not enough either, every part is hidden.
pub fn protected(parts: &[u64]) -> Vec<DisplayedCount> {
    let sum: u64 = parts.iter().sum();
    let nothing = || vec![DisplayedCount::Withheld; parts.len()];
    if (1..LEAST).contains(&sum) {
        return nothing();
    }
    let mut shown: Vec<_> = parts.iter().map(|&it| alone(it)).collect();
    while !is_safe(&shown, sum) {
        let next = shown.iter().enumerate().filter_map(|(at, it)| match it {
            DisplayedCount::Exact(count) if *count >= LEAST => Some((*count, at)),
            DisplayedCount::Exact(_) | DisplayedCount::Few | DisplayedCount::Withheld => None,
        });
        let Some((_, at)) = next.min() else { return nothing() };
        if let Some(it) = shown.get_mut(at) {
            *it = DisplayedCount::Withheld;
        }
    }
    shown
}

/// Returns whether each hidden part could have at least two values, given the rest.
fn is_safe(shown: &[DisplayedCount], sum: u64) -> bool {
    let hidden: Vec<_> = shown.iter().filter_map(|it| it.range(sum)).collect();
    let left = sum.saturating_sub(shown.iter().filter_map(|it| it.exact()).sum());
    let lowest: u64 = hidden.iter().map(|it| it.0).sum();
    let highest = hidden.iter().fold(0_u64, |sum, it| sum.saturating_add(it.1));
    hidden.iter().all(|&(low, high)| {
        let most = high.min(left.saturating_sub(lowest - low));
        let least = low.max(left.saturating_sub(highest - high));
        least < most
    })
}

impl DisplayedCount {
    pub const fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(count) => Some(count),
            Self::Few | Self::Withheld => None,
        }
    }

    /// Returns the range of a hidden part for a reader who knows how `protected` works.
    const fn range(self, sum: u64) -> Option<(u64, u64)> {
        match self {
            Self::Exact(_) => None,
            Self::Few => Some((1, LEAST - 1)),
            Self::Withheld => Some((LEAST, sum)),
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
