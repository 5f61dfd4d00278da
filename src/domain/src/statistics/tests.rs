use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::{DisplayedCount, LEAST, Spread, alone, protected, share};

/// Returns every list of counts that a reader could not distinguish from the real one.
fn possible(shown: &[DisplayedCount], sum: u64) -> Vec<Vec<u64>> {
    let all_withheld = shown.iter().all(|it| *it == DisplayedCount::Withheld);
    let values = |it: &DisplayedCount| match it {
        DisplayedCount::Exact(count) => *count..=*count,
        DisplayedCount::Few => 1..=LEAST - 1,
        DisplayedCount::Withheld => (if all_withheld { 0 } else { LEAST })..=sum,
    };
    let mut lists = vec![Vec::new()];
    for it in shown {
        let longer = lists.iter().flat_map(|list: &Vec<u64>| {
            let so_far: u64 = list.iter().sum();
            values(it).filter(move |v| so_far + v <= sum).map(|v| [list.as_slice(), &[v]].concat())
        });
        lists = longer.collect();
    }
    lists.retain(|it| it.iter().sum::<u64>() == sum);
    lists
}

fn few_small_parts() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(0_u64..9, 2..6)
}

proptest! {
    #[test]
    fn no_hidden_part_can_be_reckoned_from_the_others_and_the_sum(parts in few_small_parts()) {
        let shown = protected(&parts);
        let sum: u64 = parts.iter().sum();
        if (1..LEAST).contains(&sum) {
            // The sum is hidden too, so every part is withheld.
            prop_assert!(shown.iter().all(|it| *it == DisplayedCount::Withheld));
            return Ok(());
        }
        let lists = possible(&shown, sum);
        prop_assert!(lists.contains(&parts));
        for (at, it) in shown.iter().enumerate() {
            if it.exact().is_none() {
                let first = lists.first().and_then(|list| list.get(at));
                prop_assert!(lists.iter().any(|list| list.get(at) != first), "{parts:?} {shown:?} {at}");
            }
        }
    }

    #[test]
    fn a_published_count_is_true_and_never_small(parts in prop::collection::vec(0_u64..500, 1..50)) {
        let shown = protected(&parts);
        prop_assert_eq!(shown.len(), parts.len());
        for (shown, part) in shown.iter().zip(&parts) {
            match shown {
                DisplayedCount::Exact(count) => prop_assert!(count == part && !(1..LEAST).contains(count)),
                DisplayedCount::Few => prop_assert!((1..LEAST).contains(part)),
                DisplayedCount::Withheld => (),
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
fn a_single_small_part_takes_the_next_one_with_it() {
    use DisplayedCount::{Exact, Few, Withheld};
    assert_eq!(protected(&[3, 40, 7, 0]), [Few, Exact(40), Withheld, Exact(0)]);
    assert_eq!(protected(&[3, 2, 40]), [Few, Few, Exact(40)]);
    assert_eq!(
        protected(&[1, 1, 40, 6]),
        [Few, Few, Exact(40), Withheld],
        "two ones would be told by the sum"
    );
    assert_eq!(protected(&[1, 1, 1, 1, 1]), [Withheld; 5]);
    assert_eq!(protected(&[2, 1]), [Withheld; 2]);
    assert_eq!(protected(&[0, 0]), [Exact(0); 2]);
    assert_eq!(protected(&[5, 9]), [Exact(5), Exact(9)]);
    assert_eq!([alone(0), alone(1), alone(4), alone(5)], [Exact(0), Few, Few, Exact(5)]);
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
