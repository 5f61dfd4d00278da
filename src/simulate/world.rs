//! The companies that apply and the experts who advise them: invented, with the proportions of a programme in 47
//! prefectures.
use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Absence, AppointmentLimits, Calendar, Occupied, Schedule, Span, WeeklyRule},
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::Mode,
    prefecture::Prefecture,
    routing::{Expert, RoutingRequest, ThemeCode},
};
use uuid::Uuid;

use super::{Setup, chance::Chance};

/// The first day of the simulated fiscal year.
pub const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
/// The last day on which companies apply.
pub const LAST_APPLICATION: NaiveDate = NaiveDate::from_ymd_opt(2027, 1, 29).unwrap();

/// The approximate numbers of companies, from Hokkaido to Okinawa; only the proportions matter.
const COMPANIES: [u64; 47] = [
    52, 11, 11, 20, 8, 10, 17, 26, 18, 19, 60, 50, 130, 75, 20, 9, 11, 7, 8, 19, 20, 34, 75, 16, 13, 27, 90,
    50, 11, 8, 5, 6, 17, 26, 12, 7, 9, 12, 6, 50, 7, 12, 15, 10, 10, 14, 14,
];
/// The weights of the months in which companies apply, April to January.
const SEASON: [u64; 10] = [5, 7, 9, 11, 9, 12, 14, 14, 10, 9];
/// The weights of the sizes: up to 20, up to 100, and more employees.
const SIZES: [u64; 3] = [55, 30, 15];
/// The percentage of companies of each size that ask for a visit.
const VISITS: [u64; 3] = [25, 40, 55];
const THEMES: u64 = 8;
/// The percentage of requests that an expert declines.
const DECLINE: u64 = 12;

/// A consultation that a company applies for.
pub struct Application {
    pub on: NaiveDate,
    pub request: RoutingRequest,
    pub mode: AppointmentMode,
}

pub struct World {
    pub chance: Chance,
    pub experts: Vec<Expert>,
    pub calendars: Vec<Calendar>,
    /// The applications in the order in which they come in.
    pub applications: Vec<Application>,
    pub business: BusinessCalendar,
}

/// The purpose for which a random number is drawn. It is a part of `about` in every call of [`Chance`], so that no
/// two purposes share a number.
#[derive(Clone, Copy)]
pub enum Topic {
    ExpertPlace,
    ExpertFields,
    ExpertTime,
    ExpertAway,
    ExpertThemes,
    ExpertSize,
    Day,
    Place,
    Field,
    Size,
    Mode,
    Theme,
    Decline,
    Delay,
    Accept,
    NoShow,
    Ill,
    Draw,
}

impl Topic {
    pub const fn code(self) -> u64 {
        self as u64
    }
}

impl World {
    pub fn new(setup: Setup) -> Self {
        let chance = Chance::new(setup.seed);
        let business = BusinessCalendar::default();
        let (experts, calendars) = (0..setup.experts).map(|n| advisor(chance, n as u64)).unzip();
        let days: Vec<_> = FIRST
            .iter_days()
            .take_while(|it| *it <= LAST_APPLICATION)
            .filter(|it| business.is_open(*it))
            .collect();
        let mut applications: Vec<_> =
            (0..setup.consultations).map(|n| application(chance, n as u64, &days)).collect();
        applications.sort_by_key(|it| it.on);
        Self { chance, experts, calendars, applications, business }
    }

    /// Returns whether this expert would decline this application, whenever they are asked.
    pub fn declines(&self, application: usize, expert: usize) -> bool {
        self.chance.percent(DECLINE, &[Topic::Decline.code(), application as u64, expert as u64])
    }
}

fn prefecture(at: usize) -> Option<Prefecture> {
    u8::try_from(at + 1).ok().and_then(|it| Prefecture::from_code(it).ok())
}

/// Returns an expert with their calendar. The expert's home is drawn in proportion to the companies of the
/// prefectures.
fn advisor(chance: Chance, n: u64) -> (Expert, Calendar) {
    let draw = |topic: Topic, more: u64| [topic.code(), n, more];
    let home = prefecture(chance.weighted(&COMPANIES, &draw(Topic::ExpertPlace, 0)));
    let fields = [Fields::Ict, Fields::Labor, Fields::Both]
        [chance.weighted(&[40, 40, 20], &draw(Topic::ExpertFields, 0))];
    let near = |it: &Prefecture| {
        let region = home.map(Prefecture::region);
        let same = region == Some(it.region());
        let next = region.is_some_and(|region| region.is_near(it.region()));
        let percent = if Some(*it) == home {
            100
        } else if same {
            70
        } else if next {
            25
        } else {
            3
        };
        chance.percent(percent, &draw(Topic::ExpertPlace, 1 + u64::from(it.code())))
    };
    let visits: BTreeSet<_> = Prefecture::all().filter(near).collect();
    let works_visit = chance.percent(85, &draw(Topic::ExpertPlace, 100));
    let id = ExpertId(Uuid::from_u128(u128::from(n) + 1));
    let half_days = 3 + chance.index(4, &draw(Topic::ExpertSize, 0));
    let limits = AppointmentLimits { per_day: 2, per_week: u16::try_from(half_days).unwrap_or(3).min(4) };
    let themes = (0..THEMES).filter(|it| chance.percent(40, &draw(Topic::ExpertThemes, *it)));
    let expert = Expert {
        id,
        active: true,
        fields,
        themes: themes.map(theme).collect(),
        industries: BTreeSet::new(),
        home,
        visits: if works_visit { visits } else { BTreeSet::new() },
        works_online: chance.percent(93, &draw(Topic::ExpertPlace, 101)) || !works_visit,
        absent: false,
        conflicts: BTreeSet::new(),
        known: BTreeSet::new(),
        limits,
        day_appointments: 0,
        week_appointments: 0,
        open_cases: 0,
        open_case_limit: 8,
        load: 0,
        capacity: u32::try_from(half_days * 2).unwrap_or(6),
        last_asked: None,
    };
    let calendar = Calendar {
        expert: id,
        fields,
        schedule: schedule(chance, n, half_days),
        occupied: Occupied::default(),
        appointments: Vec::new(),
        limits,
    };
    (expert, calendar)
}

/// Returns a schedule with `half_days` mornings and afternoons a week, and three absences in the year.
fn schedule(chance: Chance, n: u64, half_days: usize) -> Schedule {
    let weekdays = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let start = chance.index(10, &[Topic::ExpertTime.code(), n]);
    let rule = |k: usize| {
        let half = (start + k * 3) % 10;
        // 9:00 to 13:00 and 13:00 to 18:00; long enough for a visit in the neighbourhood.
        let span = if half.is_multiple_of(2) { Span::new(12, 28) } else { Span::new(28, 48) };
        span.ok().map(|span| WeeklyRule {
            weekday: weekdays[half / 2],
            span,
            valid_from: None,
            valid_until: None,
        })
    };
    let away = |k: u64| {
        let first = FIRST + Days::new(chance.index(320, &[Topic::ExpertAway.code(), n, k]) as u64);
        let length = 2 + chance.index(12, &[Topic::ExpertAway.code(), n, k, 1]) as u64;
        Absence { first, last: first + Days::new(length), stand_in: None }
    };
    Schedule {
        rules: (0..half_days).filter_map(rule).collect(),
        exceptions: Vec::new(),
        absences: (0..3).map(away).collect(),
    }
}

fn application(chance: Chance, n: u64, days: &[NaiveDate]) -> Application {
    let draw = |topic: Topic| [topic.code(), n];
    let month = u32::try_from(chance.weighted(&SEASON, &draw(Topic::Day))).unwrap_or_default();
    let of_month: Vec<_> = days.iter().filter(|it| (it.month() + 8) % 12 == month).collect();
    let on = of_month.get(chance.index(of_month.len(), &[Topic::Day.code(), n, 1])).map_or(FIRST, |it| **it);
    let fields =
        [Fields::Ict, Fields::Labor, Fields::Both][chance.weighted(&[45, 32, 23], &draw(Topic::Field))];
    let size = chance.weighted(&SIZES, &draw(Topic::Size));
    let visit = chance.percent(VISITS[size], &draw(Topic::Mode));
    let themes = (0..=size as u64).map(|it| theme(chance.number(&[Topic::Theme.code(), n, it]) % THEMES));
    let request = RoutingRequest {
        fields,
        themes: themes.collect(),
        mode: if visit { Mode::Visit } else { Mode::Online },
        prefecture: prefecture(chance.weighted(&COMPANIES, &draw(Topic::Place))),
        industry: None,
        company: Some(CompanyId(Uuid::from_u128(u128::from(n) + 1))),
        slot: None,
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
    };
    let mode = if visit { AppointmentMode::Visit } else { AppointmentMode::Online };
    Application { on, request, mode }
}

fn theme(n: u64) -> ThemeCode {
    ThemeCode(format!("theme-{n}"))
}
