use super::BusyDay;
use crate::{
    booking::availability::{Day, Footprint, Occupied, QUARTERS, Slot, day::tests::days},
    prefecture::Prefecture,
    settings::Settings,
};
use chrono::NaiveDate;
use proptest::{collection::vec, prelude::*};

const DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

/// An appointment as a person would note it down: where, when, and the time that must be free around it even at home.
/// In absolute quarter hours. The rule of `footprint` is written here once more, for two appointments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlacedAppointment {
    pub start: i64,
    pub end: i64,
    before: i64,
    after: i64,
    site: Option<Prefecture>,
}

impl PlacedAppointment {
    pub fn new(slot: Slot, footprint: Footprint) -> Self {
        let start = slot.index();
        let site = footprint.site.map(|it| it.prefecture);
        let around = |margin: u8| if site.is_some() { 0 } else { i64::from(margin) };
        let (before, after) = (around(footprint.before), around(footprint.after));
        Self { start, end: start + i64::from(footprint.length), before, after, site }
    }

    /// Returns whether there is room between the two, whichever is first.
    pub fn is_apart(&self, other: &Self, home: Option<Prefecture>, settings: &Settings) -> bool {
        let (first, second) = if self.start < other.start { (self, other) } else { (other, self) };
        let way = match (first.site, second.site) {
            (None, None) => 0,
            (from, to) => minutes(from.or(home), to.or(home), settings).div_ceil(15),
        };
        first.end + first.after + i64::from(way) + second.before <= second.start
    }
}

fn minutes(from: Option<Prefecture>, to: Option<Prefecture>, settings: &Settings) -> u16 {
    match (from, to) {
        (Some(from), Some(to)) if from == to => settings.travel_same_prefecture_minutes,
        (Some(from), Some(to)) if from.region().is_near(to.region()) => settings.travel_near_region_minutes,
        _ => settings.travel_far_minutes,
    }
}

/// Settings that can be saved, with travel times short enough that several visits fit into a day.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    (0..4_u16, 0..4_u16, 0..8_u16, 1..8_u16, 0..3_u16).prop_map(|(same, more, far, length, buffer)| {
        let near = same + more;
        let settings = Settings {
            travel_same_prefecture_minutes: same * 15,
            travel_near_region_minutes: near * 15,
            travel_far_minutes: (near + far.min(near)) * 15,
            visit_minutes: length * 15,
            online_buffer_minutes: buffer * 15,
            ..Settings::default()
        };
        assert_eq!(settings.check(), []);
        settings
    })
}

/// Prefectures near to each other and far from each other, few enough that some occur twice.
pub(crate) fn places() -> impl Strategy<Value = Prefecture> {
    prop::sample::select(vec![1, 2, 13, 14, 19, 27, 40, 47]).prop_map(|it| Prefecture::from_code(it).unwrap())
}

/// The prefecture in which an expert lives, if it is known.
pub(crate) fn homes() -> impl Strategy<Value = Option<Prefecture>> {
    prop::option::weighted(0.9, places())
}

/// The footprint of an appointment of any kind: at home with any margins, at an unknown place, or a visit.
pub(crate) fn footprints(
    home: Option<Prefecture>,
    settings: &Settings,
) -> impl Strategy<Value = Footprint> + use<> {
    let visit = |site| Footprint::visit(settings, home, site);
    let visits: Vec<_> = Prefecture::all().map(|it| visit(Some(it))).collect();
    prop_oneof![
        2 => (0..5_u8, 1..8_u8, 0..5_u8)
            .prop_map(|(before, length, after)| Footprint { before, length, after, site: None }),
        1 => Just(Footprint::online(settings)),
        1 => Just(visit(None)),
        6 => places().prop_map(move |it| visits[usize::from(it.code()) - 1]),
    ]
}

/// An expert's home, the settings, and appointments with the quarters at which they start.
fn appointments(most: usize) -> impl Strategy<Value = (Option<Prefecture>, Settings, Vec<(Footprint, u8)>)> {
    (homes(), settings()).prop_flat_map(move |(home, settings)| {
        let appointments = vec((footprints(home, &settings), 0..64_u8), 1..most);
        (Just(home), Just(settings), appointments)
    })
}

fn slot(quarter: u8) -> Slot {
    Slot::new(DATE, quarter).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Holds even if existing appointments overlap, as entries of an external calendar may.
    #[test]
    fn an_appointment_can_start_exactly_where_there_is_room(
        open in days(), (home, settings, appointments) in appointments(6),
    ) {
        let ((wanted, _), there) = appointments.split_first().unwrap();
        let mut occupied = Occupied::default();
        for (footprint, at) in there {
            occupied.take(slot(*at), *footprint);
        }
        let there: Vec<_> = there.iter().map(|it| PlacedAppointment::new(slot(it.1), it.0)).collect();
        let starts = occupied.on(DATE).cloned().unwrap_or_default().starts(open, *wanted);
        for start in 0..QUARTERS {
            let it = PlacedAppointment::new(slot(start), *wanted);
            let is_open = (start..start + wanted.length).all(|it| open.contains(it));
            let room = there.iter().all(|other| other.is_apart(&it, home, &settings));
            prop_assert_eq!(starts.contains(start), is_open && room, "{:?} from {}", wanted, start);
        }
    }

    /// The database's condition for two visits whose quarter hours overlap is the same rule.
    #[test]
    fn two_appointments_fit_where_their_cells_or_their_places_allow_it((home, settings, appointments) in appointments(3)) {
        let [(one, at), (other, then)] = appointments[..] else { return Ok(()) };
        let (cells, others) = (one.cells(slot(at)), other.cells(slot(then)));
        let disjoint = cells.end <= others.start || others.end <= cells.start;
        let beside = other.site.is_some_and(|it| one.leaves_room(slot(at), it.prefecture, &other.appointment(slot(then))));
        let (a, b) = (PlacedAppointment::new(slot(at), one), PlacedAppointment::new(slot(then), other));
        prop_assert_eq!(disjoint || beside, a.is_apart(&b, home, &settings));
    }

    /// Every appointment was offered when it was booked. After that it is enough that neighbours have room, whichever
    /// appointment is cancelled.
    #[test]
    fn a_booked_slot_stays_possible_when_others_are_cancelled((home, settings, appointments) in appointments(9), gone in 0..8_usize) {
        let mut day = BusyDay::default();
        let mut booked = Vec::new();
        for (footprint, at) in appointments {
            let starts = day.starts(Day::ALL, footprint);
            for start in starts.quarters() {
                let mut all = booked.clone();
                all.push(PlacedAppointment::new(slot(start), footprint));
                prop_assert!(neighbours_have_room(&mut all, home, &settings));
            }
            if let Some(start) = starts.from(at).first() {
                day.take(slot(start), footprint);
                booked.push(PlacedAppointment::new(slot(start), footprint));
            }
        }
        if !booked.is_empty() {
            booked.remove(gone % booked.len());
        }
        prop_assert!(neighbours_have_room(&mut booked, home, &settings), "{:?}", booked);
    }
}

fn neighbours_have_room(
    all: &mut [PlacedAppointment],
    home: Option<Prefecture>,
    settings: &Settings,
) -> bool {
    all.sort_by_key(|it| it.start);
    all.windows(2).all(|two| two[0].is_apart(&two[1], home, settings))
}

/// From Tokyo, Okinawa is four hours away; from one company in Okinawa to the next it is one hour.
#[test]
fn two_visits_far_away_need_the_way_between_them_alone() {
    let settings = Settings::default();
    let place = |code| Prefecture::from_code(code).ok();
    let visit = |code| Footprint::visit(&settings, place(13), place(code));
    let mut day = BusyDay::default();
    day.take(slot(20), visit(47));
    let starts = |footprint| day.starts(Day::ALL, footprint);
    // The visit is from 11:00 to 13:00. Another one there needs an hour before and after it; an appointment at home
    // needs the four hours to and from Tokyo.
    let (there, at_home) = (starts(visit(47)), starts(Footprint::online(&settings)));
    assert!(there.contains(8) && !there.contains(9) && !there.contains(31) && there.contains(32));
    assert!(at_home.is_empty() || at_home.first() >= Some(44));
    assert!(starts(visit(47).at_home()).is_empty());
    // Fukuoka is in the same region, two hours away.
    assert_eq!(starts(visit(40)).from(20).first(), Some(36));
    assert_eq!(day.all().count(), 40);
}

#[test]
fn a_visit_of_the_database_takes_the_time_that_it_took_when_it_was_booked() {
    let site = Prefecture::from_code(13).unwrap();
    let visit = Footprint::visit(&Settings::default(), Some(site), Some(site));
    let slot = Slot::new(DATE, 20).unwrap();
    let (mut booked, mut read) = (Occupied::default(), Occupied::default());
    booked.take(slot, visit);
    read.visit(site, visit.appointment(slot), visit.cells(slot));
    assert_eq!(read, booked);
    assert!(!read.day(DATE).is_empty());
}
