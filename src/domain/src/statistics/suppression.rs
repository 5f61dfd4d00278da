//! The suppression of small counts: which parts of a whole are hidden when the whole is published.
//!
//! A reader knows this rule and can run it on every alternative. It therefore goes in steps, of which each hides one more
//! part than the one before, and whether a step is taken depends on nothing but what it would publish: all wholes with the
//! same picture take the same steps. The first step is taken in whose picture every hidden part can have at least
//! `ALTERNATIVES` values, among the wholes that the steps before have refused as well.
use std::{collections::BTreeSet, ops::Range};

use super::{DisplayedCount, LEAST};

/// The fewest values that a hidden part can have for a reader who knows the rule: with two, one guess in two is right
/// (`docs/spec/around.md` §9).
pub const ALTERNATIVES: usize = 3;

/// The most parts that are hidden beside the small ones, before nothing but the sum is published.
const MOST_BESIDE: usize = 2;

/// Returns how the parts of a whole are published if their sum is published too, unless it is small itself.
///
/// A hidden part is from 1 to 4, or it would reveal one that is; the reader sees no difference. A whole below twice `LEAST`
/// with a small part, and one for which no step is safe, are published as their sum alone.
pub fn protected(parts: &[u64]) -> Vec<DisplayedCount> {
    let mut order: Vec<(u64, usize)> = parts.iter().copied().zip(0..).filter(|it| it.0 > 0).collect();
    order.sort_unstable();
    let small = order.partition_point(|it| it.0 < LEAST);
    let hidden = if small == 0 {
        Some(&order[..0])
    } else if parts.iter().sum::<u64>() < 2 * LEAST {
        None
    } else {
        (0..=MOST_BESIDE).find_map(|beside| {
            let (hidden, left) = order.split_at_checked(small + beside)?;
            is_safe(hidden, left.first().map(|it| it.0), beside).then_some(hidden)
        })
    };
    let Some(hidden) = hidden else { return vec![DisplayedCount::Withheld; parts.len()] };
    let mut shown: Vec<_> = parts.iter().map(|it| DisplayedCount::Exact(*it)).collect();
    for (_, at) in hidden {
        if let Some(it) = shown.get_mut(*at) {
            *it = DisplayedCount::Withheld;
        }
    }
    shown
}

/// Returns whether a step may publish its picture: the number of hidden parts, their sum, and the smallest part after
/// them. `beside` is the number of hidden parts that are not small.
fn is_safe(hidden: &[(u64, usize)], next: Option<u64>, beside: usize) -> bool {
    let (parts, sum) = (number(hidden.len()), hidden.iter().map(|it| it.0).sum::<u64>());
    let next = next.unwrap_or(u64::MAX);
    match beside {
        0 => small_are_safe(parts, sum),
        1 => is_safe_with_one(parts, sum, next),
        _ => is_safe_with_two(parts, sum, next),
    }
}

/// Returns the values that each of some small parts with this sum can have.
fn values_of_small(parts: u64, sum: u64) -> Range<u64> {
    let highest = LEAST - 1;
    if parts == 0 || sum < parts || sum > highest * parts {
        return 0..0;
    }
    let others = parts - 1;
    sum.saturating_sub(highest * others).max(1)..(sum - others).min(highest) + 1
}

/// Returns whether small parts can be hidden alone.
fn small_are_safe(parts: u64, sum: u64) -> bool {
    sum >= LEAST && values_of_small(parts, sum).count() >= ALTERNATIVES
}

/// Returns the sums with which small parts cannot be hidden alone.
fn telling_sums(parts: u64) -> impl Iterator<Item = u64> {
    (parts..=(LEAST - 1) * parts).filter(move |sum| !small_are_safe(parts, *sum))
}

/// Returns whether small parts can be hidden with one larger part. Only wholes count whose small parts alone are not safe.
fn is_safe_with_one(parts: u64, sum: u64, next: u64) -> bool {
    let mut values = BTreeSet::new();
    for small in telling_sums(parts - 1) {
        let Some(larger) = sum.checked_sub(small).filter(|it| (LEAST..next).contains(it)) else { continue };
        values.insert(larger);
        values.extend(values_of_small(parts - 1, small));
    }
    values.len() >= ALTERNATIVES
}

/// Returns whether small parts can be hidden with two larger parts. Only wholes count that are not safe with the first.
fn is_safe_with_two(parts: u64, sum: u64, next: u64) -> bool {
    let mut values = BTreeSet::new();
    for small in telling_sums(parts - 2) {
        let both = sum.saturating_sub(small);
        for first in LEAST..=both / 2 {
            let second = both - first;
            if second < next && !is_safe_with_one(parts - 1, small + first, second) {
                values.extend([first, second]);
                values.extend(values_of_small(parts - 2, small));
            }
            if values.len() >= ALTERNATIVES {
                return true;
            }
        }
    }
    false
}

fn number(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
