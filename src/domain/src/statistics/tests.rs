use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::{DisplayedCount, LEAST, Spread, protected, share};

proptest! {
    #[test]
    fn a_published_count_is_true_and_never_small(parts in prop::collection::vec(0_u64..500, 1..50)) {
        let shown = protected(&parts);
        prop_assert_eq!(shown.len(), parts.len());
        prop_assert!(!shown.contains(&DisplayedCount::Few), "a small part looks like any other hidden one");
        for (shown, part) in shown.iter().zip(&parts) {
            match shown {
                DisplayedCount::Exact(count) => prop_assert!(count == part && !(1..LEAST).contains(count)),
                DisplayedCount::Few | DisplayedCount::Withheld => (),
            }
        }
    }

    #[test]
    fn half_are_below_the_median_and_nine_of_ten_below_the_ninetieth(
        numbers in prop::collection::vec(0_u32..200, 1..60)
    ) {
        let spread = Spread::of(numbers.clone()).unwrap();
        let n = numbers.len();
        let below = |twice: u64| numbers.iter().filter(|&&it| u64::from(it) * 2 <= twice).count();
        prop_assert!(below(spread.twice_median) * 2 >= n);
        prop_assert!(below(u64::from(spread.ninetieth) * 2) * 10 >= n * 9);
    }
}

#[test]
fn counts_are_written_as_the_pages_show_them() {
    assert_eq!(
        [DisplayedCount::Exact(1234), DisplayedCount::Few, DisplayedCount::Withheld].map(|it| it.to_string()),
        ["1,234", "1から4", "非公表"]
    );
    assert_eq!(Spread::of(vec![9, 1, 10, 2]).map(|it| it.median()).as_deref(), Some("5.5"));
    assert_eq!(Spread::of(vec![4]).map(|it| (it.n, it.median(), it.ninetieth)), Some((1, "4".to_owned(), 4)));
    assert_eq!(Spread::of(Vec::new()), None);
    assert_eq!(share(2, 3).as_deref(), Some("66.7%"));
    assert_eq!(share(5, 5).as_deref(), Some("100.0%"));
    assert_eq!(share(0, 0), None);
}

#[test]
fn a_spread_of_counts_is_that_of_the_numbers() {
    use std::collections::BTreeMap;
    assert_eq!(Spread::of_counts(&BTreeMap::new()), None);
    for n in 1..60_u32 {
        let numbers: Vec<_> = (0..n).map(|it| it * it % 7).collect();
        let mut counts = BTreeMap::new();
        numbers.iter().for_each(|it| *counts.entry(*it).or_insert(0_u64) += 1);
        assert_eq!(Spread::of_counts(&counts), Spread::of(numbers));
    }
}
