use super::{Distance, Footprint};
use crate::availability::day::tests::days;
use crate::availability::{Day, Occupied, Slot};
use crate::prefecture::Prefecture;
use crate::settings::Settings;
use chrono::NaiveDate;
use proptest::prelude::*;

const DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

prop_compose! {
    fn footprints()(before in 0..20_u8, length in 1..12_u8, after in 0..20_u8) -> Footprint {
        Footprint { before, length, after }
    }
}

proptest! {
    /// The engine and the database's unique key say the same.
    #[test]
    fn a_start_is_offered_where_its_cells_are_free(open in days(), first in footprints(), second in footprints(), at in 0..64_u8) {
        let taken = first.cells(Slot::new(DATE, at).unwrap());
        let busy = taken.clone().collect::<Occupied>().day(DATE);
        let offered = second.starts(open, busy);
        for start in second.starts(open, Day::NONE).quarters() {
            let cells = second.cells(Slot::new(DATE, start).unwrap());
            let apart = cells.end <= taken.start || taken.end <= cells.start;
            prop_assert_eq!(offered.contains(start), apart);
        }
    }

    #[test]
    fn cells_stay_within_their_day(footprint in footprints(), at in 0..64_u8) {
        let slot = Slot::new(DATE, at).unwrap();
        let cells = footprint.cells(slot);
        prop_assert!(cells.contains(&slot.index()));
        prop_assert!(cells.clone().all(|it| Slot::from_index(it).is_some_and(|it| it.date() == DATE)));
    }
}

#[test]
fn travel_grows_with_the_distance() {
    let settings = Settings::default();
    let place = |code| Prefecture::from_code(code).ok();
    let footprint = |site| Footprint::visit(&settings, Distance::between(place(13), site));
    assert_eq!(footprint(place(13)), Footprint { before: 4, length: 8, after: 4 });
    assert_eq!(footprint(place(22)), Footprint { before: 8, length: 8, after: 8 });
    assert_eq!(footprint(place(47)), Footprint { before: 16, length: 8, after: 16 });
    assert_eq!(footprint(None), footprint(place(47)));
    assert_eq!(Footprint::online(&settings), Footprint { before: 0, length: 4, after: 1 });
    let endless = Settings { online_minutes: u16::MAX, ..settings };
    assert!(Footprint::online(&endless).starts(Day::ALL, Day::NONE).is_empty());
}

/// An expert goes home between two visits, as far as a footprint knows; the direct way never takes longer, so that
/// neighbours in a calendar can always be reached one after the other.
#[test]
fn the_ways_around_two_visits_are_long_enough_for_the_way_between_them() {
    let settings = Settings::default();
    for home in Prefecture::all() {
        for first in Prefecture::all() {
            let before = Footprint::visit(&settings, Distance::between(Some(home), Some(first)));
            for second in Prefecture::all() {
                let after = Footprint::visit(&settings, Distance::between(Some(home), Some(second)));
                let direct = Footprint::visit(&settings, Distance::between(Some(first), Some(second)));
                assert!(before.after + after.before >= direct.before, "{home:?} {first:?} {second:?}");
            }
        }
    }
}
