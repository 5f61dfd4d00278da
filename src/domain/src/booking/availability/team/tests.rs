use super::{MOST_SEATS, Skills, TeamQuery};
use crate::{
    booking::availability::{
        AppointmentLimits, Calendar, Day, Footprint, Occupied, Pool, Schedule, Slot, Span, Window,
        occupied::tests::{PlacedAppointment, footprints, homes, settings},
        rule::tests::{HORIZON, MONDAY, date},
        search::tests::{calendars, expert},
    },
    field::Fields,
    prefecture::Prefecture,
    settings::Settings,
};
use chrono::NaiveDate;
use proptest::{collection::vec, prelude::*};

/// One case: the experts with their appointments, and the query.
#[derive(Clone, Debug)]
struct Case {
    calendars: Vec<Calendar>,
    appointments: Vec<Vec<PlacedAppointment>>,
    home: Option<Prefecture>,
    settings: Settings,
    ask: TeamQuery,
}

impl Case {
    fn pool(&self) -> Pool {
        Pool::new(MONDAY, 24, |_| false, &self.calendars)
    }

    /// Returns whether one expert can start then, by the definition.
    fn can_start(&self, place: usize, date: NaiveDate, start: u8) -> bool {
        let Some(footprint) = self.ask.footprints[place] else { return false };
        let calendar = &self.calendars[place];
        let open = calendar.schedule.day(date);
        let it = PlacedAppointment::new(Slot::new(date, start).unwrap(), footprint);
        date >= self.ask.window.earliest
            && date <= self.ask.window.horizon
            && !calendar.appointments.contains(&date)
            && (start..start + footprint.length).all(|it| open.contains(it))
            && self.appointments[place].iter().all(|other| other.is_apart(&it, self.home, &self.settings))
    }

    /// Returns whether there is a team, by the definition: tries every expert on every seat.
    fn has_team(&self, date: NaiveDate, start: u8, seat: usize, used: &mut Vec<usize>) -> bool {
        let Some(wanted) = self.ask.seats().get(seat) else { return true };
        (0..self.calendars.len()).any(|place| {
            let skills = self.ask.skills[place];
            if used.contains(&place) || !skills.covers(*wanted) || !self.can_start(place, date, start) {
                return false;
            }
            used.push(place);
            let found = self.has_team(date, start, seat + 1, used);
            used.pop();
            found
        })
    }
}

prop_compose! {
    fn cases()((home, settings) in (homes(), settings()))(
        home in Just(home),
        calendars in vec(calendars(home, &settings), 0..8),
        footprints in vec(prop::option::weighted(0.9, footprints(home, &settings)), 8),
        settings in Just(settings),
        full in vec(prop::option::weighted(0.2, (0..HORIZON).prop_map(date)), 8),
        seats in vec((0..8_u64).prop_map(Skills), 1..=MOST_SEATS),
        skills in vec((0..8_u64).prop_map(Skills), 8),
        (earliest, horizon) in (0..HORIZON / 2, HORIZON / 2..HORIZON),
    ) -> Case {
        let (mut calendars, appointments): (Vec<_>, _) = calendars.into_iter().unzip();
        for ((n, calendar), full) in calendars.iter_mut().enumerate().zip(full) {
            calendar.expert = expert(n);
            calendar.limits = AppointmentLimits { per_day: 1, per_week: 5 };
            calendar.appointments = full.into_iter().collect();
        }
        let window = Window { earliest: date(earliest), horizon: date(horizon), last_session: None };
        let ask = TeamQuery::new(seats, skills, footprints, window, Day::ALL).unwrap();
        Case { ask, calendars, appointments, home, settings }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_team_search_finds_every_start_and_no_other(case in cases()) {
        let found = case.pool().search_team(&case.ask);
        for n in 0..24 {
            let starts = found.iter().find(|it| it.0 == date(n)).map_or(Day::NONE, |it| it.1);
            for quarter in 0..64 {
                let wanted = case.has_team(date(n), quarter, 0, &mut Vec::new());
                prop_assert_eq!(starts.contains(quarter), wanted, "day {} quarter {}", n, quarter);
            }
        }
    }

    #[test]
    fn a_team_has_every_skill_and_the_time_and_nobody_twice(case in cases(), n in 0..HORIZON, at in 0..60_u8) {
        let team = case.pool().team_at(&case.ask, Slot::new(date(n), at).unwrap());
        prop_assert_eq!(team.is_some(), case.has_team(date(n), at, 0, &mut Vec::new()));
        let places: Vec<_> =
            team.iter().flatten().map(|it| case.calendars.iter().position(|c| c.expert == *it).unwrap()).collect();
        for (n_th, (&place, seat)) in places.iter().zip(case.ask.seats()).enumerate() {
            prop_assert!(case.ask.skills[place].covers(*seat) && case.can_start(place, date(n), at));
            prop_assert!(!places[..n_th].contains(&place));
        }
    }
}

#[test]
fn two_of_three_for_a_morning_is_the_time_that_any_two_share() {
    let window = Window { earliest: MONDAY, horizon: MONDAY, last_session: None };
    let open = [(12, 20), (16, 24), (20, 28)];
    let calendars = open.iter().enumerate().map(|(n, &(from, to))| Calendar {
        expert: expert(n),
        fields: Fields::Ict,
        schedule: Schedule {
            exceptions: vec![crate::booking::availability::Exception {
                date: MONDAY,
                change: crate::booking::availability::ExceptionChange::Add(Span::new(from, to).unwrap()),
            }],
            ..Schedule::default()
        },
        occupied: Occupied::default(),
        appointments: Vec::new(),
        limits: AppointmentLimits { per_day: 1, per_week: 1 },
    });
    let footprints = vec![Some(Footprint { before: 0, length: 4, after: 1, site: None }); 3];
    let (seats, skills) = (vec![Fields::Ict.into(); 2], vec![Fields::Both.into(); 3]);
    let ask = TeamQuery::new(seats, skills, footprints, window, Day::HALF_HOURS).unwrap();
    let case = Case {
        calendars: calendars.collect(),
        appointments: vec![Vec::new(); 3],
        home: Prefecture::from_code(13).ok(),
        settings: Settings::default(),
        ask,
    };
    let starts: Vec<_> = case.pool().team_starts_on(&case.ask, MONDAY).quarters().collect();
    assert_eq!(starts, [16, 20]);
    let mut team = case.pool().team_at(&case.ask, Slot::new(MONDAY, 20).unwrap()).unwrap();
    team.sort_unstable();
    assert_eq!(team, [expert(1), expert(2)]);
    for seats in [0, MOST_SEATS + 1] {
        assert_eq!(TeamQuery::new(vec![Skills::NONE; seats], vec![], vec![], window, Day::ALL), None);
    }
}
