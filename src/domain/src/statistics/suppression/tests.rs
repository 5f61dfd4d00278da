use std::collections::{BTreeMap, BTreeSet};

use super::{ALTERNATIVES, DisplayedCount, LEAST, protected};

/// What a reader sees of the parts of a whole.
type Picture = Vec<Option<u64>>;

/// Returns every list of so many parts with this sum.
fn wholes(parts: usize, sum: u64) -> Vec<Vec<u64>> {
    if parts == 1 {
        return vec![vec![sum]];
    }
    let rest =
        |first: u64| wholes(parts - 1, sum - first).into_iter().map(move |it| [vec![first], it].concat());
    (0..=sum).flat_map(rest).collect()
}

fn picture(shown: &[DisplayedCount]) -> Picture {
    shown.iter().map(|it| it.exact()).collect()
}

/// Returns the pictures of which a reader who knows the rule can reckon too much: a hidden part has fewer than `ALTERNATIVES`
/// values among all wholes with the same picture.
fn too_few_values(alike: BTreeMap<Picture, Vec<Vec<u64>>>) -> Vec<Picture> {
    let tells = |(picture, wholes): &(Picture, Vec<Vec<u64>>)| {
        let values = |at: usize| wholes.iter().map(|it| it[at]).collect::<BTreeSet<_>>().len();
        (0..picture.len()).any(|at| picture[at].is_none() && values(at) < ALTERNATIVES)
    };
    alike.into_iter().filter(tells).map(|it| it.0).collect()
}

/// Returns the pictures of all wholes of which too much can be reckoned: too few values, or the hidden parts together are
/// small.
fn reckoned(rule: impl Fn(&[u64]) -> Vec<DisplayedCount>, parts: usize, sum: u64) -> Vec<Picture> {
    let mut alike = BTreeMap::<Picture, Vec<Vec<u64>>>::new();
    for whole in wholes(parts, sum) {
        alike.entry(picture(&rule(&whole))).or_default().push(whole);
    }
    let left = |it: &Picture| sum - it.iter().flatten().sum::<u64>();
    let mut found: Vec<_> = alike.keys().filter(|&it| (1..LEAST).contains(&left(it))).cloned().collect();
    found.extend(too_few_values(alike));
    found
}

/// The wholes that are tried one and all: the number of parts and the largest sum.
const EXAMINED: [(usize, u64); 5] = [(2, 40), (3, 30), (4, 22), (5, 16), (6, 13)];

#[test]
fn no_hidden_part_can_be_reckoned_by_trying_every_whole() {
    for (parts, most) in EXAMINED {
        for sum in LEAST..=most {
            assert_eq!(reckoned(protected, parts, sum), Vec::<Picture>::new(), "{parts} parts of {sum}");
        }
    }
    assert_eq!(reckoned(protected, 4, 48), Vec::<Picture>::new(), "1, 1, 40 and 6 are among them");
}

/// Of consultations that are divided in two ways, every table of both together is tried.
#[test]
fn a_second_division_of_the_same_consultations_tells_nothing_of_the_first() {
    for (rows, columns, most) in [(2, 2, 20), (2, 3, 12)] {
        for sum in 2 * LEAST..=most {
            let mut alike = BTreeMap::<Picture, Vec<Vec<u64>>>::new();
            for table in wholes(rows * columns, sum) {
                let by_row =
                    (0..rows).map(|row| (0..columns).map(|it| table[row * columns + it]).sum::<u64>());
                let by_column =
                    (0..columns).map(|it| (0..rows).map(|row| table[row * columns + it]).sum::<u64>());
                let (by_row, by_column): (Vec<u64>, Vec<u64>) = (by_row.collect(), by_column.collect());
                let shown = [protected(&by_row), protected(&by_column)].concat();
                alike.entry(picture(&shown)).or_default().push([by_row, by_column].concat());
            }
            assert_eq!(too_few_values(alike), Vec::<Picture>::new(), "{rows} by {columns} of {sum}");
        }
    }
}

/// Hides small parts, and the next one if there is only one: the rule of many reports.
fn simple_rule(parts: &[u64]) -> Vec<DisplayedCount> {
    let small = parts.iter().filter(|it| (1..LEAST).contains(*it)).count();
    let next = parts.iter().copied().filter(|it| small == 1 && *it >= LEAST).min();
    let shown = |&it: &u64| match it {
        1..LEAST => DisplayedCount::Withheld,
        _ if Some(it) == next => DisplayedCount::Withheld,
        _ => DisplayedCount::Exact(it),
    };
    parts.iter().map(shown).collect()
}

#[test]
fn trying_every_whole_finds_what_a_simple_rule_tells() {
    assert!(reckoned(simple_rule, 4, 48).contains(&vec![None, None, Some(40), Some(6)]), "two ones");
    assert!(reckoned(simple_rule, 3, 13).contains(&vec![None, None, Some(5)]), "two fours");
    assert!(reckoned(simple_rule, 2, 9).is_empty());
}

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// Returns 2 to 16 parts, of which half are small.
    fn whole(&mut self) -> Vec<u64> {
        let (parts, most) = (2 + self.below(15), self.below(4));
        let most = match most {
            0 => 4,
            1 => 7,
            2 => 10,
            _ => 31,
        };
        (0..parts).map(|_| if self.below(2) == 0 { self.below(5) } else { self.below(most) }).collect()
    }
}

/// Returns so many numbers with this sum that are as equal as possible.
fn even(parts: u64, sum: u64) -> Vec<u64> {
    (0..parts).map(|n| sum / parts + u64::from(n < sum % parts)).collect()
}

/// Returns the values for a hidden part and the ones beside it: none, one or two larger ones, and the rest small and as
/// equal as possible.
fn arrangements(others: u64, sum: u64, most: u64) -> impl Iterator<Item = (u64, Vec<u64>)> {
    (1..=most.min(sum)).flat_map(move |value| {
        let left = sum - value;
        let none = std::iter::once(vec![]);
        let one = (LEAST..=left).map(|it| vec![it]);
        let two = (LEAST..=left / 2).flat_map(move |a| (a..=left - a).map(move |b| vec![a, b]));
        none.chain(one).chain(two).filter_map(move |larger| {
            let small = others.checked_sub(larger.len() as u64)?;
            let rest = left - larger.iter().sum::<u64>();
            (small..=small * (LEAST - 1))
                .contains(&rest)
                .then(|| (value, [even(small, rest), larger].concat()))
        })
    })
}

/// Returns the values of a hidden part in wholes with the same picture, until there are enough of them.
fn values(whole: &[u64], hidden: &[usize], at: usize) -> BTreeSet<u64> {
    let shown = picture(&protected(whole));
    let others: Vec<_> = hidden.iter().copied().filter(|it| *it != at).collect();
    let swapped = others.iter().map(|&other| {
        let mut next = whole.to_vec();
        next.swap(at, other);
        next
    });
    let sum = hidden.iter().map(|it| whole[*it]).sum::<u64>();
    let most = hidden.iter().map(|it| whole[*it]).max().unwrap_or(0) * 2;
    let arranged = arrangements(others.len() as u64, sum, most).map(|(value, rest)| {
        let mut next = whole.to_vec();
        next[at] = value;
        others.iter().zip(rest).for_each(|(place, it)| next[*place] = it);
        next
    });
    let mut values = BTreeSet::from([whole[at]]);
    for next in swapped.chain(arranged) {
        if values.len() >= ALTERNATIVES {
            break;
        }
        if !values.contains(&next[at]) && picture(&protected(&next)) == shown {
            values.insert(next[at]);
        }
    }
    values
}

#[test]
fn thousands_of_wholes_have_alternatives_for_each_hidden_part() {
    let mut chance = Chance(13);
    for _ in 0..3_000 {
        let whole = chance.whole();
        // Of a smaller one with a small part nothing but the sum is published.
        if whole.iter().sum::<u64>() < 2 * LEAST {
            continue;
        }
        let shown = protected(&whole);
        let hidden: Vec<_> = (0..whole.len()).filter(|at| shown[*at].exact().is_none()).collect();
        for &at in &hidden {
            let values = values(&whole, &hidden, at);
            assert!(values.len() >= ALTERNATIVES, "part {at} of {whole:?} is one of {values:?}");
        }
    }
}

#[test]
fn a_small_part_takes_as_few_with_it_as_are_safe() {
    use DisplayedCount::{Exact, Withheld};
    assert_eq!(protected(&[3, 40, 7, 0]), [Withheld, Exact(40), Withheld, Exact(0)]);
    assert_eq!(protected(&[3, 2, 40]), [Withheld, Withheld, Exact(40)]);
    assert_eq!(
        protected(&[1, 1, 40, 6]),
        [Withheld, Withheld, Exact(40), Withheld],
        "two ones would be told"
    );
    assert_eq!(
        protected(&[1, 5, 40, 60]),
        [Withheld, Withheld, Withheld, Exact(60)],
        "two values are too few"
    );
    assert_eq!(protected(&[1, 1, 1, 1, 1]), [Withheld; 5]);
    assert_eq!(protected(&[4, 5, 0]), [Withheld; 3], "it is below ten");
    assert_eq!(protected(&[2, 1]), [Withheld; 2]);
    assert_eq!(protected(&[0, 0]), [Exact(0); 2]);
    assert_eq!(protected(&[5, 9]), [Exact(5), Exact(9)]);
    assert_eq!(protected(&[6, 0, 0]), [Exact(6), Exact(0), Exact(0)]);
}
