use super::{SlotQuery, Teams, Window};
use crate::{
    booking::availability::{
        AppointmentLimits, Blocked, Calendar, Day, Footprint, Occupied, Pool, QUARTERS, Schedule, Slot, Span,
        WeeklyRule,
        occupied::tests::{PlacedAppointment, footprints, homes, settings},
        rule::tests::{HORIZON, MONDAY, date, schedules},
    },
    field::{Field, Fields},
    id::ExpertId,
    prefecture::Prefecture,
    settings::Settings,
};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

pub(in crate::booking::availability) fn expert(n: usize) -> ExpertId {
    ExpertId(Uuid::from_u128(u128::try_from(n).unwrap()))
}

/// One case: the experts, the days on which the center is closed, and the query.
#[derive(Clone, Debug)]
struct Case {
    calendars: Vec<Calendar>,
    /// The appointments of which the calendars were made. All experts live in one place.
    appointments: Vec<Vec<PlacedAppointment>>,
    home: Option<Prefecture>,
    settings: Settings,
    closed: Vec<NaiveDate>,
    ask: SlotQuery,
}

impl Case {
    fn pool(&self, days: usize) -> Pool {
        Pool::new(MONDAY, days, |it| self.closed.contains(&it), &self.calendars)
    }

    /// Returns whether one expert can start then, by the definition, from their schedule and the appointments that
    /// were booked.
    fn can_start(&self, place: usize, date: NaiveDate, start: u8) -> bool {
        let (calendar, window) = (&self.calendars[place], self.ask.window);
        let Some(footprint) = self.ask.footprints[place] else { return false };
        let in_window = date >= window.earliest
            && date <= window.horizon
            && window.last_appointment.is_none_or(|last| date <= last);
        let on_day = calendar.appointments.iter().filter(|it| **it == date).count();
        let in_week = calendar.appointments.iter().filter(|it| it.iso_week() == date.iso_week()).count();
        let within_limits =
            on_day < calendar.limits.per_day.into() && in_week < calendar.limits.per_week.into();
        let open = calendar.schedule.day(date);
        let it = PlacedAppointment::new(Slot::new(date, start).unwrap(), footprint);
        in_window
            && within_limits
            && !self.closed.contains(&date)
            && (start..start + footprint.length).all(|it| open.contains(it))
            && self.appointments[place].iter().all(|other| other.is_apart(&it, self.home, &self.settings))
    }

    /// Returns whether a company can have an appointment then: each field with an expert who can, one expert or two.
    fn is_offered(&self, date: NaiveDate, start: u8) -> bool {
        let someone = |field: Field| {
            (0..self.calendars.len())
                .any(|it| self.calendars[it].fields.contains(field) && self.can_start(it, date, start))
        };
        self.ask.starts.contains(start) && self.ask.fields.iter().all(someone)
    }

    fn offered(&self, date: NaiveDate) -> Day {
        Day((0..QUARTERS).filter(|&it| self.is_offered(date, it)).fold(0, |day, it| day | 1 << it))
    }
}

fn fields() -> impl Strategy<Value = Fields> {
    prop_oneof![Just(Fields::Ict), Just(Fields::Labor), Just(Fields::Both)]
}

prop_compose! {
    pub(in crate::booking::availability) fn calendars(home: Option<Prefecture>, settings: &Settings)(
        fields in fields(),
        schedule in schedules(),
        booked in vec((0..HORIZON, 0..64_u8, footprints(home, settings)), 0..20),
        (per_day, per_week) in (0..4_u16, 0..6_u16),
    ) -> (Calendar, Vec<PlacedAppointment>) {
        let (mut occupied, mut placed) = (Occupied::default(), Vec::new());
        for &(n, at, footprint) in &booked {
            let slot = Slot::new(date(n), at).unwrap();
            occupied.take(slot, footprint);
            placed.push(PlacedAppointment::new(slot, footprint));
        }
        let appointments = booked.iter().map(|it| date(it.0)).collect();
        let limits = AppointmentLimits { per_day, per_week };
        (Calendar { expert: expert(0), fields, schedule, occupied, appointments, limits }, placed)
    }
}

prop_compose! {
    fn cases()((home, settings) in (homes(), settings()))(
        home in Just(home),
        calendars in vec(calendars(home, &settings), 0..6),
        footprints in vec(prop::option::weighted(0.9, footprints(home, &settings)), 6),
        settings in Just(settings),
        closed in vec((0..HORIZON).prop_map(date), 0..4),
        fields in fields(),
        (earliest, horizon) in (0..HORIZON / 2, HORIZON / 2..HORIZON),
        last_appointment in prop::option::weighted(0.3, (0..HORIZON).prop_map(date)),
        starts in prop_oneof![Just(Day::ALL), Just(Day::HALF_HOURS)],
    ) -> Case {
        let (mut calendars, appointments): (Vec<_>, _) = calendars.into_iter().unzip();
        for (n, calendar) in calendars.iter_mut().enumerate() {
            calendar.expert = expert(n);
        }
        let footprints = footprints.into_iter().take(calendars.len()).collect();
        let window = Window { earliest: date(earliest), horizon: date(horizon), last_appointment };
        Case { calendars, appointments, home, settings, closed, ask: SlotQuery { fields, footprints, window, starts } }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_search_finds_every_start_and_no_other(case in cases()) {
        let found = case.pool(24).search(&case.ask);
        let wanted: Vec<_> =
            (0..24).map(date).map(|it| (it, case.offered(it))).filter(|it| !it.1.is_empty()).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_start_has_a_team_and_a_team_has_the_fields_and_the_time(case in cases(), n in 0..HORIZON, at in 0..60_u8) {
        let slot = Slot::new(date(n), at).unwrap();
        let teams = case.pool(24).teams_at(&case.ask, slot);
        let anywhere = Case { ask: SlotQuery { starts: Day::ALL, ..case.ask.clone() }, ..case.clone() };
        prop_assert_eq!(!teams.is_empty(), anywhere.is_offered(date(n), at));
        let of = |it: ExpertId| case.calendars.iter().position(|calendar| calendar.expert == it).unwrap();
        for &one in &teams.alone {
            prop_assert!(case.calendars[of(one)].fields.covers(case.ask.fields) && case.can_start(of(one), date(n), at));
        }
        for (ict, labor) in teams.pairs() {
            prop_assert_eq!(case.ask.fields, Fields::Both);
            prop_assert_eq!(case.calendars[of(ict)].fields, Fields::Ict);
            prop_assert_eq!(case.calendars[of(labor)].fields, Fields::Labor);
            prop_assert!(case.can_start(of(ict), date(n), at) && case.can_start(of(labor), date(n), at));
        }
    }

    #[test]
    fn the_next_start_is_the_first_that_a_search_finds(case in cases(), n in 0..HORIZON, at in 0..64_u8) {
        let (pool, from) = (case.pool(24), Slot::new(date(n), at).unwrap());
        let found = pool.search(&case.ask);
        let first = found
            .iter()
            .flat_map(|&(date, starts)| starts.quarters().filter_map(move |it| Slot::new(date, it)))
            .find(|it| *it >= from);
        prop_assert_eq!(pool.next_start(&case.ask, from), first);
    }

    #[test]
    fn an_expert_without_a_start_has_a_reason(case in cases(), n in 0..HORIZON + 5, at in 0..60_u8) {
        let pool = case.pool(24);
        let why = pool.why_none(&case.ask, date(n));
        let suited = |it: usize| case.ask.fields.iter().any(|field| case.calendars[it].fields.contains(field));
        let free = (0..case.calendars.len())
            .filter(|&it| suited(it) && !pool.starts_of(&case.ask, it, date(n)).is_empty())
            .count();
        prop_assert_eq!(usize::try_from(why.free).unwrap(), free);
        let blocked: u32 = why.blocked.values().sum();
        prop_assert_eq!(usize::try_from(why.free + blocked).unwrap(), case.calendars.len());
        for place in (0..case.calendars.len()).filter(|&it| suited(it)) {
            let reason = pool.why_not(&case.ask, expert(place), Slot::new(date(n), at).unwrap());
            prop_assert_eq!(reason.is_none(), case.can_start(place, date(n), at));
        }
    }
}

/// Returns a case with one expert, who is free from 9:00 to 12:00 every Monday and busy 10:30–11:00 on the first.
fn plain() -> Case {
    let rule = WeeklyRule {
        weekday: Weekday::Mon,
        span: Span::new(12, 24).unwrap(),
        valid_from: None,
        valid_until: None,
    };
    let booked = Footprint { before: 0, length: 2, after: 0, site: None };
    let slot = Slot::new(MONDAY, 18).unwrap();
    let calendar = Calendar {
        expert: expert(0),
        fields: Fields::Ict,
        schedule: Schedule { rules: vec![rule], ..Schedule::default() },
        occupied: booked.cells(slot).collect(),
        appointments: vec![MONDAY],
        limits: AppointmentLimits { per_day: 2, per_week: 5 },
    };
    let ask = SlotQuery {
        fields: Fields::Ict,
        footprints: vec![Some(Footprint { before: 0, length: 4, after: 1, site: None })],
        window: Window { earliest: MONDAY, horizon: date(20), last_appointment: Some(date(15)) },
        starts: Day::HALF_HOURS,
    };
    Case {
        calendars: vec![calendar],
        appointments: vec![vec![PlacedAppointment::new(slot, booked)]],
        home: Prefecture::from_code(13).ok(),
        settings: Settings::default(),
        closed: vec![],
        ask,
    }
}

#[test]
fn a_page_can_say_what_stands_against_a_day() {
    let why = |case: &Case, n| case.pool(24).why_none(&case.ask, date(n)).blocked.keys().next().copied();
    let case = plain();
    let found = case.pool(24).search(&case.ask);
    let found: Vec<_> = found.into_iter().map(|it| (it.0, it.1.quarters().collect::<Vec<_>>())).collect();
    let whole = vec![12, 14, 16, 18, 20];
    assert_eq!(found, [(MONDAY, vec![12, 20]), (date(7), whole.clone()), (date(14), whole)]);
    assert_eq!((why(&case, 0), why(&case, 1)), (None, Some(Blocked::NoHours)));
    assert_eq!((why(&case, 16), why(&case, 21)), (Some(Blocked::LastAppointment), Some(Blocked::Horizon)));
    let change = |change: &dyn Fn(&mut Case)| {
        let mut case = plain();
        change(&mut case);
        why(&case, 0)
    };
    assert_eq!(change(&|it| it.ask.window.earliest = date(1)), Some(Blocked::Notice));
    assert_eq!(change(&|it| it.closed.push(MONDAY)), Some(Blocked::Closed));
    assert_eq!(change(&|it| it.calendars[0].limits.per_day = 1), Some(Blocked::DayFull));
    assert_eq!(change(&|it| it.calendars[0].limits.per_week = 1), Some(Blocked::WeekFull));
    assert_eq!(change(&|it| it.ask.fields = Fields::Labor), Some(Blocked::Unsuited));
    let footprint = |before, length, after| {
        change(&|it| it.ask.footprints[0] = Some(Footprint { before, length, after, site: None }))
    };
    assert_eq!(footprint(0, 13, 0), Some(Blocked::NoHours));
    assert_eq!(footprint(0, 8, 0), Some(Blocked::Occupied));
    assert_eq!(footprint(4, 4, 4), Some(Blocked::Travel));
    // After a visit from 9:00 to 11:00, the travel back blocks the next hour, not the visit.
    let tokyo = Prefecture::from_code(13).ok();
    let visit = Footprint::visit(&Settings::default(), tokyo, tokyo);
    let beside = |wanted: Footprint| {
        let mut case = plain();
        case.calendars[0].occupied = Occupied::default();
        case.calendars[0].occupied.take(Slot::new(MONDAY, 12).unwrap(), visit);
        case.ask.footprints[0] = Some(wanted);
        why(&case, 0)
    };
    let half_an_hour = Footprint { before: 0, length: 2, after: 0, site: None };
    assert_eq!(beside(half_an_hour), Some(Blocked::Travel));
    assert_eq!(beside(Footprint { length: 2, ..visit }), Some(Blocked::Travel));
    assert_eq!(beside(visit), Some(Blocked::Occupied));
}

/// Returns calendars with four weekdays 9:00–17:00, a lunch break and three bookings a week, shifted from expert to
/// expert.
fn programme(experts: u8, days: u8) -> Vec<(Calendar, Vec<PlacedAppointment>)> {
    let rule = |weekday, from, to| WeeklyRule {
        weekday,
        span: Span::new(from, to).unwrap(),
        valid_from: None,
        valid_until: None,
    };
    let weekdays = |n: u8| (0..5).filter(move |it| *it != n % 5).map(|it| Weekday::try_from(it).unwrap());
    let calendar = |n: u8| {
        let shift = n % 8;
        let rules = weekdays(n).flat_map(|it| [rule(it, 12 + shift, 24), rule(it, 28, 36 + shift)]).collect();
        let days: Vec<_> = (0..days).filter(|it| (it + n % 7) % 7 < 3).collect();
        // Every third appointment is a visit.
        let footprint = |it: u8| if it.is_multiple_of(3) { visit(n % 5 + it % 5) } else { online() };
        let booked = |it: u8| Slot::new(date(it.into()), 12 + (n % 20 * 3 + it) % 20).unwrap();
        let mut occupied = Occupied::default();
        for &it in &days {
            occupied.take(booked(it), footprint(it));
        }
        let placed = days.iter().map(|&it| PlacedAppointment::new(booked(it), footprint(it))).collect();
        let calendar = Calendar {
            expert: expert(n.into()),
            fields: [Fields::Ict, Fields::Labor, Fields::Both][usize::from(n % 3)],
            schedule: Schedule { rules, ..Schedule::default() },
            occupied,
            appointments: days.iter().map(|it| date((*it).into())).collect(),
            limits: AppointmentLimits { per_day: 2, per_week: 4 },
        };
        (calendar, placed)
    };
    (0..experts).map(calendar).collect()
}

fn online() -> Footprint {
    Footprint::online(&Settings::default())
}

/// Returns a visit to one of five places, some near to Tokyo and some far from it.
fn visit(n: u8) -> Footprint {
    let place = |code| Prefecture::from_code(code).ok();
    Footprint::visit(&Settings::default(), place(13), place([13, 14, 22, 27, 47][usize::from(n % 5)]))
}

#[test]
fn five_hundred_experts_over_sixty_days_are_searched_exactly() {
    let (calendars, appointments): (Vec<_>, Vec<_>) =
        [programme(250, 60), programme(250, 60)].concat().into_iter().unzip();
    let closed: Vec<_> = [3, 17, 44].map(date).to_vec();
    let window = Window { earliest: date(3), horizon: MONDAY + Days::new(58), last_appointment: None };
    let visit = |n: usize| (!n.is_multiple_of(4)).then(|| visit(u8::try_from(n % 5).unwrap()));
    for (fields, footprints) in [
        (Fields::Ict, vec![Some(online()); 500]),
        (Fields::Labor, (0..500).map(visit).collect()),
        (Fields::Both, (0..500).map(visit).collect()),
    ] {
        let ask = SlotQuery { fields, footprints, window, starts: Day::HALF_HOURS };
        let case = Case {
            calendars: calendars.clone(),
            appointments: appointments.clone(),
            home: Prefecture::from_code(13).ok(),
            settings: Settings::default(),
            closed: closed.clone(),
            ask,
        };
        let found = case.pool(60).search(&case.ask);
        assert!(found.len() > 30 && found.iter().all(|(it, _)| window.contains(*it) && !closed.contains(it)));
        for n in (0..60).step_by(7).chain([3, 4, 58, 59]) {
            let starts = found.iter().find(|it| it.0 == date(n)).map_or(Day::NONE, |it| it.1);
            assert_eq!(starts, case.offered(date(n)), "{fields:?} {n}");
        }
    }
}

/// An expert who is open from 9:00 to 17:00 on each of the days.
fn daily() -> Calendar {
    let rule = |weekday| WeeklyRule {
        weekday,
        span: Span::new(12, 44).unwrap(),
        valid_from: None,
        valid_until: None,
    };
    let rules = [Weekday::Mon, Weekday::Tue, Weekday::Wed].map(rule).into();
    Calendar {
        expert: expert(0),
        fields: Fields::Ict,
        schedule: Schedule { rules, ..Schedule::default() },
        occupied: Occupied::default(),
        appointments: Vec::new(),
        limits: AppointmentLimits { per_day: 1, per_week: 5 },
    }
}

#[test]
fn the_last_day_of_appointments_is_one_of_them() {
    let window = Window { earliest: date(1), horizon: date(9), last_appointment: Some(date(8)) };
    let footprints = vec![Some(Footprint { before: 0, length: 4, after: 1, site: None })];
    let ask = SlotQuery { fields: Fields::Ict, footprints, window, starts: Day::ALL };
    let pool = Pool::new(MONDAY, 10, |_| false, &[daily()]);
    let why = [0, 1, 8, 9, 10].map(|n| pool.why_not_on(&ask, 0, date(n)));
    let expected =
        [Some(Blocked::Notice), None, None, Some(Blocked::LastAppointment), Some(Blocked::Horizon)];
    assert_eq!(why, expected);
    assert_eq!(pool.why_not_on(&ask, 1, date(1)), Some(Blocked::Unsuited));
}

#[test]
fn a_pool_takes_24_bytes_for_a_day_of_an_expert_and_more_for_visits() {
    let bytes = |days, calendars: &[Calendar]| Pool::new(MONDAY, days, |_| false, calendars).bytes();
    let (day, member) = (bytes(1, &[]), bytes(0, &[daily()]));
    assert!(bytes(0, &[]) == 0 && day > 0 && member > 0);
    assert_eq!(bytes(1, &[daily()]), day + member + 24);
    assert_eq!(bytes(3, &[daily()]), 3 * day + member + 3 * 24);
    let home = Prefecture::from_code(13).ok();
    let mut visiting = daily();
    let visit = Footprint::visit(&Settings::default(), home, home);
    visiting.occupied.take(Slot::new(MONDAY, 20).unwrap(), visit);
    assert!(bytes(1, &[visiting]) > bytes(1, &[daily()]));
}

#[test]
fn a_pair_is_one_expert_of_each_field() {
    let teams = Teams { alone: vec![expert(0)], ict: vec![expert(1), expert(2)], labor: vec![expert(3)] };
    assert_eq!(teams.pairs().collect::<Vec<_>>(), [(expert(1), expert(3)), (expert(2), expert(3))]);
}
