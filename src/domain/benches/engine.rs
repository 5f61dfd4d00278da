//! Measures the search for free times and the plan for many consultations, in a release build, on one thread: `cargo
//! bench -p domain`.
//!
//! The limits are those of the product: 5,000 experts over 90 days in 5 ms for any of them and in 20 ms for one of
//! each field; a plan for 1,000 consultations among 500 experts in 5 s. Three sizes of each measurement show that the
//! cost is linear.
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]
#![expect(clippy::cast_possible_truncation, reason = "small numbers by construction")]
use chrono::{Days, NaiveDate, Weekday};
use divan::{Bencher, black_box};
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{
            AppointmentLimits, Calendar, Day, Footprint, Pool, Schedule, Skills, Slot, SlotQuery, Span,
            TeamQuery, WeeklyRule, Window,
        },
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::Mode,
    prefecture::Prefecture,
    routing::{
        Expert, RoutingRequest, ThemeCode,
        planning::{PendingConsultation, PlanningContext, Weights, plan},
    },
    settings::Settings,
};
use std::time::{Duration, Instant};
use uuid::Uuid;

const SIZES: [usize; 3] = [1250, 2500, 5000];
const DAYS: usize = 90;
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();

fn main() {
    let pool = pool(5000);
    println!("memory of a pool of 5,000 experts over {DAYS} days: {:.1} MB", pool.bytes() as f64 / 1e6);
    limit("any of 5,000 experts, 90 days", Duration::from_millis(5), || pool.search(&ask(Fields::Ict, 5000)));
    limit("one of each field, 5,000 experts, 90 days", Duration::from_millis(20), || {
        pool.search(&ask(Fields::Both, 5000))
    });
    let office = Office::new(500, 1000);
    limit("a plan for 1,000 consultations, 500 experts", Duration::from_secs(5), || office.plan());
    divan::main();
}

/// Prints the median of a few runs, and ends the run if it is beyond the limit.
fn limit<T>(name: &str, limit: Duration, mut it: impl FnMut() -> T) {
    let mut times: Vec<_> = (0..9)
        .map(|_| {
            let started = Instant::now();
            black_box(it());
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[times.len() / 2];
    println!("{name}: {median:.2?} (limit {limit:?})");
    assert!(median < limit, "{name} takes too long");
}

/// Searches for any expert of one field.
#[divan::bench(args = SIZES)]
fn any_of_many(bencher: Bencher, experts: usize) {
    let (pool, ask) = (pool(experts), ask(Fields::Ict, experts));
    bencher.bench_local(|| black_box(&pool).search(black_box(&ask)));
}

/// Searches for both fields: one expert who has both, or one of each at the same time.
#[divan::bench(args = SIZES)]
fn one_of_each_field(bencher: Bencher, experts: usize) {
    let (pool, ask) = (pool(experts), ask(Fields::Both, experts));
    bencher.bench_local(|| black_box(&pool).search(black_box(&ask)));
}

/// Searches for three experts at once: two for ICT and one for labour management.
#[divan::bench(args = SIZES)]
fn three_by_skill(bencher: Bencher, experts: usize) {
    let (pool, plain) = (pool(experts), ask(Fields::Both, experts));
    let placements = [Fields::Ict, Fields::Ict, Fields::Labor].map(Skills::from).to_vec();
    let skills = (0..experts).map(|it| fields(it).into()).collect();
    let team = TeamQuery::new(placements, skills, plain.footprints, plain.window, plain.starts).unwrap();
    bencher.bench_local(|| black_box(&pool).search_team(black_box(&team)));
}

#[divan::bench(args = SIZES)]
fn next_start(bencher: Bencher, experts: usize) {
    let (pool, ask) = (pool(experts), ask(Fields::Both, experts));
    bencher.bench_local(|| black_box(&pool).next_start(black_box(&ask), Slot::new(FIRST, 0).unwrap()));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn building_the_pool(bencher: Bencher, experts: usize) {
    let calendars: Vec<_> = (0..experts).map(calendar).collect();
    bencher.bench_local(|| Pool::new(FIRST, DAYS, |_| false, black_box(&calendars)));
}

/// Plans the waiting consultations among half as many experts.
#[divan::bench(args = [250, 500, 1000], sample_count = 5)]
fn plan_for_all(bencher: Bencher, consultations: usize) {
    let office = Office::new(consultations / 2, consultations);
    bencher.bench_local(|| black_box(&office).plan());
}

fn pool(experts: usize) -> Pool {
    let business = BusinessCalendar::default();
    let calendars: Vec<_> = (0..experts).map(calendar).collect();
    Pool::new(FIRST, DAYS, |it| !business.is_open(it), &calendars)
}

fn ask(fields: Fields, experts: usize) -> SlotQuery {
    let settings = Settings::default();
    SlotQuery {
        fields,
        footprints: vec![Some(Footprint::online(&settings)); experts],
        window: window(89),
        starts: Day::HALF_HOURS,
    }
}

fn window(days: u64) -> Window {
    Window { earliest: FIRST, horizon: FIRST + Days::new(days), last_appointment: None }
}

fn fields(n: usize) -> Fields {
    [Fields::Ict, Fields::Labor, Fields::Both][n % 3]
}

/// Returns the calendar of an expert who works on four days a week, at hours of their own, and is booked on about a
/// third of the days.
fn calendar(n: usize) -> Calendar {
    let shift = (n % 8) as u8;
    let weekdays = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let rules = weekdays.into_iter().enumerate().filter(|(at, _)| *at != n % 5).flat_map(|(_, weekday)| {
        [(12 + shift, 24), (28, 40 + shift)].map(|(start, end)| WeeklyRule {
            weekday,
            span: Span::new(start, end).unwrap(),
            valid_from: None,
            valid_until: None,
        })
    });
    let booked: Vec<_> =
        (0..DAYS).filter(|it| (it + n).is_multiple_of(3)).map(|it| FIRST + Days::new(it as u64)).collect();
    let footprint = Footprint { before: 0, length: 4, after: 1, site: None };
    let slot = |it: &NaiveDate| Slot::new(*it, 12 + (n % 20) as u8);
    Calendar {
        expert: ExpertId(Uuid::from_u128(n as u128)),
        fields: fields(n),
        schedule: Schedule { rules: rules.collect(), ..Schedule::default() },
        occupied: booked.iter().filter_map(slot).flat_map(|it| footprint.cells(it)).collect(),
        appointments: booked,
        limits: AppointmentLimits { per_day: 2, per_week: 6 },
    }
}

/// The experts with their facts and calendars, and the waiting consultations.
struct Office {
    experts: Vec<Expert>,
    calendars: Vec<Calendar>,
    waiting: Vec<PendingConsultation>,
    settings: Settings,
    business: BusinessCalendar,
}

impl Office {
    fn new(experts: usize, consultations: usize) -> Self {
        Self {
            experts: (0..experts).map(expert).collect(),
            calendars: (0..experts).map(calendar).collect(),
            waiting: (0..consultations).map(waiting).collect(),
            settings: Settings::default(),
            business: BusinessCalendar::default(),
        }
    }

    fn plan(&self) -> usize {
        let context = PlanningContext {
            experts: &self.experts,
            calendars: &self.calendars,
            settings: &self.settings,
            business: &self.business,
            window: window(60),
            no_appointments: &std::collections::BTreeSet::new(),
            today: FIRST,
        };
        let plan = plan(&context, &self.waiting, &Weights::default());
        assert!(plan.lines.len() * 10 > self.waiting.len() * 7, "most can be planned: {}", plan.lines.len());
        plan.lines.len()
    }
}

/// Returns an expert who lives in one prefecture and visits it and the two after it.
fn expert(n: usize) -> Expert {
    let place = |it: usize| Prefecture::from_code((it % 47 + 1) as u8).unwrap();
    Expert {
        id: ExpertId(Uuid::from_u128(n as u128)),
        active: true,
        fields: fields(n),
        themes: [n % 5, n % 7].map(|it| ThemeCode(format!("theme-{it}"))).into(),
        industries: [].into(),
        home: Some(place(n)),
        visits: [place(n), place(n + 1), place(n + 2)].into(),
        works_online: !n.is_multiple_of(10),
        absent: false,
        conflicts: [CompanyId(Uuid::from_u128(n as u128 * 2))].into(),
        known: [].into(),
        limits: AppointmentLimits { per_day: 2, per_week: 6 },
        day_appointments: 0,
        week_appointments: 0,
        open_cases: (n % 3) as u16,
        open_case_limit: 6,
        load: (n % 5) as u32,
        capacity: 4 + (n % 5) as u32,
        last_asked: None,
    }
}

/// Returns a waiting consultation: a third of them ask for a visit, a fifth for both fields, and a tenth have chosen
/// a time.
fn waiting(n: usize) -> PendingConsultation {
    let visit = n.is_multiple_of(3);
    PendingConsultation {
        request: RoutingRequest {
            fields: [Fields::Ict, Fields::Labor, Fields::Ict, Fields::Labor, Fields::Both][n % 5],
            themes: [ThemeCode(format!("theme-{}", n % 7))].into(),
            mode: if visit { Mode::Visit } else { Mode::Online },
            prefecture: Some(Prefecture::from_code((n * 7 % 47 + 1) as u8).unwrap()),
            industry: None,
            company: Some(CompanyId(Uuid::from_u128(n as u128))),
            slot: (n % 10 == 1).then(|| Slot::new(FIRST + Days::new(11 + (n % 3) as u64), 28).unwrap()),
            excluded: [].into(),
            asked_last: [].into(),
        },
        mode: if visit { AppointmentMode::Visit } else { AppointmentMode::Online },
        waited: (n % 15) as u32,
        holders: Vec::new(),
    }
}
