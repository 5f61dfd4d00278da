use super::Day;
use proptest::prelude::*;

/// Returns the starts by their definition, quarter by quarter.
fn starts_slowly(open: Day, length: u8, before: u8, after: u8, busy: Day) -> Vec<u8> {
    let (length, before, after) = (i32::from(length), i32::from(before), i32::from(after));
    let has = |day: Day, quarter: i32| u8::try_from(quarter).is_ok_and(|it| day.contains(it));
    (0..64_u8)
        .filter(|&start| {
            let start = i32::from(start);
            length > 0
                && (start..start + length).all(|it| has(open, it))
                && (start - before..start + length + after).all(|it| !has(busy, it))
        })
        .collect()
}

/// Days with long runs, which random bits hardly ever have.
pub(in crate::booking::availability) fn days() -> impl Strategy<Value = Day> {
    let run = (0..64_u32, 1..=64_u32).prop_map(|(from, length)| (u64::MAX >> (64 - length)) << from);
    prop_oneof![
        4 => prop::collection::vec(run, 0..4).prop_map(|it| Day(it.into_iter().fold(0, |all, one| all | one))),
        1 => any::<u64>().prop_map(Day),
        1 => Just(Day::ALL),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_spans_of_a_day_cover_it_without_overlap(day in days()) {
        let spans = day.spans();
        prop_assert_eq!(spans.iter().copied().collect::<Day>(), day);
        prop_assert!(spans.windows(2).all(|it| it[0].end() < it[1].start()));
    }

    #[test]
    fn starts_agree_with_a_slow_search(
        open in days(), busy in days(),
        length in 0..=70_u8, before in prop_oneof![0..20_u8, any::<u8>()], after in prop_oneof![0..20_u8, any::<u8>()],
    ) {
        for length in [length, length % 9] {
            let starts: Vec<_> = open.starts_for(length, before, after, busy).quarters().collect();
            prop_assert_eq!(starts, starts_slowly(open, length, before, after, busy));
        }
    }

    #[test]
    fn more_time_and_less_work_never_take_a_start_away(
        open in days(), more in days(), busy in days(), length in 1..12_u8, before in 0..20_u8, after in 0..20_u8,
    ) {
        let starts = open.starts_for(length, before, after, busy);
        let roomier = open.union(more).starts_for(length, before, after, busy.minus(more));
        prop_assert!(starts.minus(roomier).is_empty());
    }

    #[test]
    fn union_intersection_and_difference_agree_with_membership(a in days(), b in days(), quarter in any::<u8>()) {
        prop_assert_eq!(a.union(b).contains(quarter), a.contains(quarter) || b.contains(quarter));
        prop_assert_eq!(a.intersection(b).contains(quarter), a.contains(quarter) && b.contains(quarter));
        prop_assert_eq!(a.minus(b).contains(quarter), a.contains(quarter) && !b.contains(quarter));
        let later: Vec<_> = a.quarters().filter(|&it| it >= quarter).collect();
        prop_assert_eq!(a.from(quarter).quarters().collect::<Vec<_>>(), later);
        prop_assert_eq!(a.first(), a.quarters().min());
        prop_assert_eq!(a.is_empty(), a.count() == 0);
    }
}

#[test]
fn a_half_hour_begins_at_every_second_quarter() {
    assert!(Day::HALF_HOURS.quarters().eq((0..64).step_by(2)));
}
