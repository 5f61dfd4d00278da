use super::{Footprint, Site};
use crate::{
    booking::availability::{Day, Occupied, Slot, day::tests::days},
    prefecture::Prefecture,
    settings::Settings,
};
use chrono::NaiveDate;
use proptest::prelude::*;

const DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

prop_compose! {
    fn footprints()(before in 0..20_u8, length in 1..12_u8, after in 0..20_u8) -> Footprint {
        Footprint { before, length, after, site: None }
    }
}

proptest! {
    /// The engine and the database's unique key agree.
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
    let visit = |site| Footprint::visit(&settings, place(13), site);
    let around = |site| {
        let it = visit(site);
        (it.before, it.length, it.after, it.site.map(|it| it.prefecture))
    };
    assert_eq!(around(place(13)), (4, 8, 4, place(13)));
    assert_eq!(around(place(22)), (8, 8, 8, place(22)));
    assert_eq!(around(place(47)), (16, 8, 16, place(47)));
    assert_eq!(around(None), (16, 8, 16, None));
    assert_eq!(Footprint::online(&settings), Footprint { before: 0, length: 4, after: 1, site: None });
    let endless = Settings { online_minutes: u16::MAX, ..settings };
    assert!(Footprint::online(&endless).starts(Day::ALL, Day::NONE).is_empty());
}

/// Holds for all settings that can be saved, so that an appointment between two others can be cancelled.
#[test]
fn no_detour_is_shorter_than_the_direct_way() {
    let of = |same, near, far| Settings {
        travel_same_prefecture_minutes: same,
        travel_near_region_minutes: near,
        travel_far_minutes: far,
        ..Settings::default()
    };
    for settings in [Settings::default(), of(0, 0, 0), of(60, 60, 120), of(15, 90, 90), of(0, 240, 480)] {
        assert_eq!(settings.check(), []);
        for from in Prefecture::all() {
            let from = Site::new(from, &settings);
            for over in Prefecture::all() {
                let over_there = Site::new(over, &settings);
                for to in Prefecture::all() {
                    let detour = from.way_to(over) + over_there.way_to(to);
                    assert!(from.way_to(to) <= detour, "{from:?} {over:?} {to:?}");
                }
            }
        }
    }
    let wrong =
        |same, near, far| of(same, near, far).check().into_iter().map(|it| it.field).collect::<Vec<_>>();
    assert_eq!(wrong(60, 120, 255), ["travel_far_minutes"]);
    assert_eq!(wrong(60, 120, 105), ["travel_far_minutes"]);
    assert_eq!(wrong(75, 60, 120), ["travel_near_region_minutes"]);
}
