use super::{MOST_POSTS, Skills, TeamQuery};
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

    /// Returns whether there is a team, by the definition: tries every expert on every post.
    fn has_team(&self, date: NaiveDate, start: u8, post: usize, used: &mut Vec<usize>) -> bool {
        let Some(wanted) = self.ask.posts().get(post) else { return true };
        (0..self.calendars.len()).any(|place| {
            let skills = self.ask.skills[place];
            if used.contains(&place) || !skills.covers(*wanted) || !self.can_start(place, date, start) {
                return false;
            }
            used.push(place);
            let found = self.has_team(date, start, post + 1, used);
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
        posts in vec((0..8_u64).prop_map(Skills), 1..=MOST_POSTS),
        skills in vec((0..8_u64).prop_map(Skills), 8),
        (earliest, horizon) in (0..HORIZON / 2, HORIZON / 2..HORIZON),
    ) -> Case {
        let (mut calendars, appointments): (Vec<_>, _) = calendars.into_iter().unzip();
        for ((n, calendar), full) in calendars.iter_mut().enumerate().zip(full) {
            calendar.expert = expert(n);
            calendar.limits = AppointmentLimits { per_day: 1, per_week: 5 };
            calendar.appointments = full.into_iter().collect();
        }
        let window = Window { earliest: date(earliest), horizon: date(horizon), last_appointment: None };
        let ask = TeamQuery::new(posts, skills, footprints, window, Day::ALL).unwrap();
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
        for (n_th, (&place, post)) in places.iter().zip(case.ask.posts()).enumerate() {
            prop_assert!(case.ask.skills[place].covers(*post) && case.can_start(place, date(n), at));
            prop_assert!(!places[..n_th].contains(&place));
        }
    }
}

#[test]
fn two_of_three_for_a_morning_is_the_time_that_any_two_share() {
    let window = Window { earliest: MONDAY, horizon: MONDAY, last_appointment: None };
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
    let (posts, skills) = (vec![Fields::Ict.into(); 2], vec![Fields::Both.into(); 3]);
    let ask = TeamQuery::new(posts, skills, footprints, window, Day::HALF_HOURS).unwrap();
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
    for posts in [0, MOST_POSTS + 1] {
        assert_eq!(TeamQuery::new(vec![Skills::NONE; posts], vec![], vec![], window, Day::ALL), None);
    }
}

#[test]
fn skills_cover_those_that_are_among_them() {
    let (ict, labor, both): (Skills, Skills, Skills) =
        (Fields::Ict.into(), Fields::Labor.into(), Fields::Both.into());
    assert_eq!((ict, labor, both), (Skills(1), Skills(2), Skills(3)));
    assert!(both.covers(ict) && both.covers(labor) && !ict.covers(both) && !ict.covers(labor));
    assert_eq!(both.with(2).with(5), Skills(0b10_0111));
    assert_eq!(ict.with(63), Skills(1 << 63 | 1));
    for n in [0, 1, 64, 255] {
        assert_eq!(labor.with(n), labor, "{n} is no skill that can be added");
    }
    assert_eq!(both.with(5).with(5), both.with(5));
}

#[test]
fn each_takes_a_post_for_which_they_have_the_skills_and_makes_room_for_others() {
    let window = Window { earliest: MONDAY, horizon: MONDAY, last_appointment: None };
    let slot = Slot::new(MONDAY, 20).unwrap();
    let team = |skills: &[u64]| {
        let calendars: Vec<_> = (0..skills.len())
            .map(|n| Calendar {
                expert: expert(n),
                fields: Fields::Both,
                schedule: Schedule {
                    exceptions: vec![crate::booking::availability::Exception {
                        date: MONDAY,
                        change: crate::booking::availability::ExceptionChange::Add(
                            Span::new(12, 44).unwrap(),
                        ),
                    }],
                    ..Schedule::default()
                },
                occupied: Occupied::default(),
                appointments: Vec::new(),
                limits: AppointmentLimits { per_day: 1, per_week: 1 },
            })
            .collect();
        let footprints = vec![Some(Footprint { before: 0, length: 4, after: 1, site: None }); skills.len()];
        let skills = skills.iter().copied().map(Skills).collect();
        let ask = TeamQuery::new(vec![Skills(1), Skills(2)], skills, footprints, window, Day::ALL).unwrap();
        Pool::new(MONDAY, 1, |_| false, &calendars).team_at(&ask, slot)
    };
    assert_eq!(team(&[2, 1]), Some(vec![expert(1), expert(0)]));
    assert_eq!(team(&[3, 1]), Some(vec![expert(1), expert(0)]), "who can do both moves to the other post");
    assert_eq!(team(&[2, 2]), None);
    assert_eq!(team(&[2, 2, 1]), Some(vec![expert(2), expert(0)]));
}
