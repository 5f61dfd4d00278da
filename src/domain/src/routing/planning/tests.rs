use super::{PendingConsultation, Plan, PlannedConsultation, PlanningContext, Weights, plan};
use crate::{
    booking::{
        appointment::AppointmentMode,
        availability::{
            AppointmentLimits, Calendar, Day, Exception, ExceptionChange, Footprint, Occupied,
            PlacedAppointment, Schedule, Slot, Span, Window,
        },
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::Mode,
    prefecture::Prefecture,
    routing::{Expert, RoutingRequest, Team},
    settings::Settings,
};
use chrono::{Datelike, Days, NaiveDate};
use proptest::{
    collection::{btree_set, vec},
    prelude::*,
};
use std::collections::BTreeSet;
use uuid::Uuid;

mod choices;

/// A Tuesday after a holiday; the days after it are business days until Saturday.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
const SPAN: u64 = 9;

fn date(n: u64) -> NaiveDate {
    TODAY + Days::new(n)
}

fn place(code: u8) -> Prefecture {
    Prefecture::from_code(code).unwrap()
}

fn company(n: u8) -> CompanyId {
    CompanyId(Uuid::from_u128(n.into()))
}

#[derive(Clone, Debug)]
struct Case {
    experts: Vec<Expert>,
    calendars: Vec<Calendar>,
    /// The appointments that are booked in each of the calendars.
    booked: Vec<Vec<PlacedAppointment>>,
    waiting: Vec<PendingConsultation>,
}

/// An appointment: the place of the expert, the start, and the footprint.
type PlannedAppointment = (usize, Slot, Footprint);

impl Case {
    fn plan(&self, weights: &Weights) -> Plan {
        let (settings, business) = (Settings::default(), BusinessCalendar::default());
        let (experts, calendars, window) = (&self.experts, &self.calendars, window());
        let none = BTreeSet::new();
        let (settings, business) = (&settings, &business);
        let context = PlanningContext {
            experts,
            calendars,
            settings,
            business,
            window,
            no_appointments: &none,
            today: TODAY,
        };
        plan(&context, &self.waiting, weights)
    }

    /// Returns whether this expert may be asked at all, condition by condition.
    fn may(&self, at: usize, one: &PendingConsultation) -> bool {
        let it = &self.experts[at];
        let meets = match one.mode {
            AppointmentMode::Online => it.works_online,
            AppointmentMode::Visit => {
                one.request.prefecture.map_or(!it.visits.is_empty(), |site| it.visits.contains(&site))
            }
        };
        it.active
            && meets
            && one.request.company.is_none_or(|company| !it.conflicts.contains(&company))
            && !one.request.excluded.contains(&it.id)
    }

    fn footprint(&self, at: usize, one: &PendingConsultation) -> Footprint {
        self.experts[at].footprint(one.mode, one.request.prefecture, &Settings::default()).unwrap()
    }

    /// Returns whether one more appointment of this expert is possible beside the planned ones.
    fn has_room(&self, at: usize, slot: Slot, footprint: Footprint, planned: &[PlannedAppointment]) -> bool {
        let (calendar, expert) = (&self.calendars[at], &self.experts[at]);
        let mine: Vec<_> = planned.iter().filter(|it| it.0 == at).collect();
        let week = |it: NaiveDate| it.iso_week();
        let dates = || calendar.appointments.iter().copied().chain(mine.iter().map(|it| it.1.date()));
        let on_day = dates().filter(|it| *it == slot.date()).count();
        let in_week = dates().filter(|it| week(*it) == week(slot.date())).count();
        let end = slot.quarter() + footprint.length;
        let open = calendar.schedule.day(slot.date());
        let it = PlacedAppointment::new(slot, footprint);
        let planned = mine.iter().map(|it| PlacedAppointment::new(it.1, it.2));
        let mut others = self.booked[at].iter().copied().chain(planned);
        let free = others.all(|other| other.is_apart(&it, expert.home, &Settings::default()));
        usize::from(expert.open_cases) + mine.len() < usize::from(expert.open_case_limit)
            && on_day < calendar.limits.per_day.into()
            && in_week < calendar.limits.per_week.into()
            && BusinessCalendar::default().is_open(slot.date())
            && (slot.quarter()..end).all(|it| open.contains(it))
            && free
    }

    /// Returns every team that could be asked, by the experts' places.
    fn teams(&self, one: &PendingConsultation) -> Vec<Vec<usize>> {
        let may: Vec<_> = (0..self.experts.len()).filter(|&it| self.may(it, one)).collect();
        let fields = |it: usize| self.experts[it].fields;
        let alone = may.iter().filter(|it| fields(**it).covers(one.request.fields)).map(|it| vec![*it]);
        let of = |wanted: Fields| may.iter().copied().filter(move |it| fields(*it) == wanted);
        let pairs = of(Fields::Ict).flat_map(|ict| of(Fields::Labor).map(move |labor| vec![ict, labor]));
        alone.chain(pairs.filter(|_| one.request.fields == Fields::Both)).collect()
    }

    /// Returns every time at which the appointment of a consultation could begin.
    fn slots(&self, one: &PendingConsultation) -> Vec<Slot> {
        match one.request.slot {
            Some(slot) => vec![slot],
            None => (1..=SPAN)
                .flat_map(|n| Day::HALF_HOURS.quarters().filter_map(move |it| Slot::new(date(n), it)))
                .collect(),
        }
    }

    fn places(&self, line: &PlannedConsultation) -> Vec<usize> {
        let ids = match line.team {
            Team::One(one) => vec![one],
            Team::Pair { ict, labor } => vec![ict, labor],
        };
        ids.into_iter().map(|id| self.experts.iter().position(|it| it.id == id).unwrap()).collect()
    }

    /// Returns the least total waiting in days, by trying everything. Each consultation that is left out counts as
    /// `leaving`.
    fn least(&self, at: usize, planned: &mut Vec<PlannedAppointment>, leaving: usize) -> usize {
        let Some(one) = self.waiting.get(at) else { return 0 };
        let mut best = leaving + self.least(at + 1, planned, leaving);
        for team in self.teams(one) {
            for slot in self.slots(one) {
                let appointments: Vec<_> =
                    team.iter().map(|&it| (it, slot, self.footprint(it, one))).collect();
                if appointments.iter().all(|it| self.has_room(it.0, slot, it.2, planned)) {
                    let ahead = BusinessCalendar::default().business_days_between(TODAY, slot.date());
                    planned.extend(&appointments);
                    best = best.min(ahead + self.least(at + 1, planned, leaving));
                    planned.truncate(planned.len() - appointments.len());
                }
            }
        }
        best
    }
}

fn window() -> Window {
    Window { earliest: date(1), horizon: date(SPAN), last_appointment: None }
}

fn fields() -> impl Strategy<Value = Fields> {
    prop_oneof![Just(Fields::Ict), Just(Fields::Labor), Just(Fields::Both)]
}

/// Schedules that are open for a few hours on some of the days.
fn schedules() -> impl Strategy<Value = Schedule> {
    vec((1..=SPAN, 10..30_u8, 4..30_u8), 0..6).prop_map(|open| {
        let exceptions = open.into_iter().map(|(n, from, length)| Exception {
            date: date(n),
            change: ExceptionChange::Add(Span::new(from, from + length).unwrap()),
        });
        Schedule { exceptions: exceptions.collect(), ..Schedule::default() }
    })
}

prop_compose! {
    fn experts()(
        fields in fields(),
        schedule in schedules(),
        (active, works_online) in (prop::bool::weighted(0.95), prop::bool::weighted(0.8)),
        home in prop::option::of((11..15_u8).prop_map(place)),
        visits in btree_set((11..15_u8).prop_map(place), 0..4),
        conflicts in btree_set((0..5_u8).prop_map(company), 0..2),
        booked in vec((1..=SPAN, 10..40_u8, prop::option::of((11..15_u8).prop_map(place))), 0..3),
        (per_day, per_week, limit, capacity, load) in (0..3_u16, 1..4_u16, 0..4_u16, 0..4_u32, 0..4_u32),
    ) -> (Expert, Calendar, Vec<PlacedAppointment>) {
        let id = ExpertId(Uuid::nil());
        let limits = AppointmentLimits { per_day, per_week };
        let (mut occupied, mut placed) = (Occupied::default(), Vec::new());
        for &(n, at, site) in &booked {
            let (slot, settings) = (Slot::new(date(n), at).unwrap(), Settings::default());
            let online = Footprint { before: 1, length: 4, after: 1, site: None };
            let footprint = site.map_or(online, |it| Footprint::visit(&settings, home, Some(it)));
            occupied.take(slot, footprint);
            placed.push(PlacedAppointment::new(slot, footprint));
        }
        let appointments = booked.iter().map(|it| date(it.0)).collect();
        let calendar = Calendar { expert: id, fields, schedule, occupied, appointments, limits };
        let expert = Expert {
            id, active, fields, themes: BTreeSet::new(), industries: BTreeSet::new(), home, visits, works_online,
            absent: false, conflicts, known: BTreeSet::new(), limits, day_appointments: 0, week_appointments: 0,
            open_cases: 0, open_case_limit: limit, load, capacity, last_asked: None,
        };
        (expert, calendar, placed)
    }
}

prop_compose! {
    fn consultations()(
        fields in fields(),
        visit in prop::bool::weighted(0.4),
        prefecture in prop::option::weighted(0.9, (11..15_u8).prop_map(place)),
        of in 0..5_u8,
        slot in prop::option::weighted(0.3, (1..=SPAN, 10..40_u8)),
        waited in 0..30_u32,
    ) -> PendingConsultation {
        let mode = if visit { AppointmentMode::Visit } else { AppointmentMode::Online };
        let request = RoutingRequest {
            fields, themes: BTreeSet::new(), mode: if visit { Mode::Visit } else { Mode::Online }, prefecture,
            industry: None, company: Some(company(of)),
            slot: slot.and_then(|(n, at)| Slot::new(date(n), at)), excluded: BTreeSet::new(),
            asked_last: BTreeSet::new(),
        };
        PendingConsultation { request, mode, waited, holders: Vec::new() }
    }
}

prop_compose! {
    fn cases()(people in vec(experts(), 0..6), waiting in vec(consultations(), 0..8)) -> Case {
        let mut case = Case { experts: vec![], calendars: vec![], booked: vec![], waiting };
        for ((expert, calendar, booked), n) in people.into_iter().zip(1..) {
            let id = ExpertId(Uuid::from_u128(n));
            case.experts.push(Expert { id, ..expert });
            case.calendars.push(Calendar { expert: id, ..calendar });
            case.booked.push(booked);
        }
        case
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn a_plan_keeps_every_limit_and_leaves_out_only_whom_nobody_can_take(case in cases()) {
        let plan = case.plan(&Weights::default());
        let mut planned: Vec<PlannedAppointment> = Vec::new();
        for line in &plan.lines {
            let one = &case.waiting[line.waiting];
            let places = case.places(line);
            prop_assert!(case.teams(one).contains(&places), "no team for it: {line:?}");
            prop_assert!(case.slots(one).contains(&line.slot));
            let ahead = BusinessCalendar::default().business_days_between(TODAY, line.slot.date());
            prop_assert_eq!(usize::try_from(line.ahead).unwrap(), ahead);
            for it in places {
                let footprint = case.footprint(it, one);
                prop_assert!(case.has_room(it, line.slot, footprint, &planned), "no room for {line:?}");
                planned.push((it, line.slot, footprint));
            }
        }
        let mut all: Vec<_> = plan.lines.iter().map(|it| it.waiting).chain(plan.left.iter().map(|it| it.waiting)).collect();
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(0..case.waiting.len()), "everybody is in one of the lists, once");
        for left in &plan.left {
            let one = &case.waiting[left.waiting];
            for team in case.teams(one) {
                for slot in case.slots(one) {
                    let fits = team.iter().all(|&it| case.has_room(it, slot, case.footprint(it, one), &planned));
                    prop_assert!(!fits, "{left:?} could be given {team:?} at {slot:?}");
                }
            }
        }
        prop_assert_eq!(case.plan(&Weights::default()), plan);
    }

    /// If all appointments are alike, the placements are the experts' earliest times, and the plan is optimal.
    #[test]
    fn a_plan_with_equal_experts_has_the_least_waiting(case in cases()) {
        let mut case = Case { waiting: case.waiting.into_iter().take(3).collect(), ..case };
        case.experts.truncate(3);
        case.calendars.truncate(3);
        for it in &mut case.waiting {
            it.mode = AppointmentMode::Online;
            it.request = RoutingRequest { mode: Mode::Online, slot: None, fields: Fields::Ict, ..it.request.clone() };
            it.waited = 0;
        }
        for (calendar, expert) in case.calendars.iter_mut().zip(&mut case.experts) {
            calendar.schedule.exceptions.truncate(2);
            expert.works_online = true;
        }
        let plan = case.plan(&Weights { day: 1000, load: 0, merit: 0 });
        let waited: u32 = plan.lines.iter().map(|it| it.ahead).sum();
        let total = usize::try_from(waited).unwrap() + plan.left.len() * 1000;
        prop_assert_eq!(total, case.least(0, &mut Vec::new(), 1000));
    }
}

/// Returns a case with two experts who are alike except for their loads.
fn two(loads: [u32; 2], waiting: usize) -> Case {
    let open = |n| Exception { date: date(n), change: ExceptionChange::Add(Span::new(12, 44).unwrap()) };
    let limits = AppointmentLimits { per_day: 4, per_week: 9 };
    let make = |n: u8, load: u32| {
        let id = ExpertId(Uuid::from_u128(n.into()));
        let schedule = Schedule { exceptions: vec![open(1), open(2)], ..Schedule::default() };
        let calendar = Calendar {
            expert: id,
            fields: Fields::Both,
            schedule,
            occupied: Occupied::default(),
            appointments: Vec::new(),
            limits,
        };
        let expert = Expert {
            id,
            active: true,
            fields: Fields::Both,
            themes: BTreeSet::new(),
            industries: BTreeSet::new(),
            home: Some(place(13)),
            visits: BTreeSet::from([place(13)]),
            works_online: true,
            absent: false,
            conflicts: BTreeSet::new(),
            known: BTreeSet::new(),
            limits,
            day_appointments: 0,
            week_appointments: 0,
            open_cases: 0,
            open_case_limit: 9,
            load,
            capacity: 8,
            last_asked: None,
        };
        (expert, calendar)
    };
    let request = RoutingRequest {
        fields: Fields::Ict,
        themes: BTreeSet::new(),
        mode: Mode::Online,
        prefecture: Some(place(13)),
        industry: None,
        company: None,
        slot: None,
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
    };
    let one = PendingConsultation { request, mode: AppointmentMode::Online, waited: 0, holders: Vec::new() };
    let (experts, calendars) = [make(1, loads[0]), make(2, loads[1])].into_iter().unzip();
    Case { experts, calendars, booked: vec![vec![]; 2], waiting: vec![one; waiting] }
}

#[test]
fn work_goes_to_who_has_less_of_it() {
    let appointments = |loads, waiting, expert: usize| {
        let case = two(loads, waiting);
        let plan = case.plan(&Weights::default());
        assert!(plan.left.is_empty());
        plan.lines.iter().filter(|it| it.team == Team::One(case.experts[expert].id)).count()
    };
    assert_eq!(appointments([0, 0], 4, 0), 2);
    assert_eq!(appointments([4, 0], 4, 1), 4);
    assert_eq!(appointments([2, 0], 4, 1), 3);
}

#[test]
fn a_held_time_can_be_planned_only_for_its_own_consultation() {
    let mut case = two([0, 0], 3);
    let slot = Slot::new(date(1), 20).unwrap();
    let footprint = Footprint::online(&Settings::default());
    case.calendars[0].occupied = footprint.cells(slot).collect();
    for it in &mut case.waiting {
        it.request.slot = Some(slot);
    }
    case.waiting[2].holders = vec![case.experts[0].id];
    let plan = case.plan(&Weights::default());
    let teams: Vec<_> = plan.lines.iter().map(|it| (it.waiting, it.team)).collect();
    let ids: Vec<_> = case.experts.iter().map(|it| Team::One(it.id)).collect();
    assert_eq!(teams, [(0, ids[1]), (2, ids[0])]);
    assert_eq!(plan.left.iter().map(|it| (it.waiting, it.eligible)).collect::<Vec<_>>(), [(1, 2)]);
    assert_eq!(date(1).weekday(), chrono::Weekday::Wed);
}

/// Between a visit and the end of the day there is time for a company nearby, and not for a company elsewhere,
/// however long that company has waited.
#[test]
fn the_time_beside_a_visit_is_for_who_is_near_to_it() {
    let mut case = two([0, 0], 2);
    case.experts.truncate(1);
    case.calendars.truncate(1);
    let (settings, tokyo, saitama) = (Settings::default(), place(13), place(11));
    let visit = Footprint::visit(&settings, Some(tokyo), Some(saitama));
    case.calendars[0].occupied.take(Slot::new(date(1), 24).unwrap(), visit);
    let open = ExceptionChange::Add(Span::new(24, 46).unwrap());
    case.calendars[0].schedule.exceptions = vec![Exception { date: date(1), change: open }];
    case.experts[0].visits = [saitama, place(12)].into();
    for (it, (site, waited)) in case.waiting.iter_mut().zip([(place(12), 20), (saitama, 0)]) {
        it.mode = AppointmentMode::Visit;
        it.request = RoutingRequest { mode: Mode::Visit, prefecture: Some(site), ..it.request.clone() };
        it.waited = waited;
    }
    let plan = case.plan(&Weights::default());
    let lines: Vec<_> = plan.lines.iter().map(|it| (it.waiting, it.slot.quarter())).collect();
    assert_eq!(lines, [(1, 36)]);
}

/// For a chosen time only four teams are looked at in one round, so that the fifth of these consultations is planned in the
/// second one, where an appointment that was given in the first counts as load.
#[test]
fn work_of_an_earlier_round_counts_as_load() {
    for busy in [4, 5] {
        let mut case = two([0, 0], 6);
        let id = |n| ExpertId(Uuid::from_u128(n));
        let (expert, calendar) = (case.experts[0].clone(), case.calendars[0].clone());
        case.experts = (0..6).map(|n| Expert { id: id(n), ..expert.clone() }).collect();
        case.calendars = (0..6).map(|n| Calendar { expert: id(n), ..calendar.clone() }).collect();
        case.booked = vec![vec![]; 6];
        for (n, it) in case.waiting.iter_mut().enumerate() {
            it.request.slot = Slot::new(date(if n == 5 { 2 } else { 1 }), 20);
        }
        case.waiting[5].request.excluded = (0..6).filter(|it| *it != busy).map(id).collect();
        let plan = case.plan(&Weights::default());
        let given = |n| plan.lines.iter().filter(|it| it.team == Team::One(id(n))).count();
        assert_eq!((plan.left.len(), given(busy), given(9 - busy)), (0, 1, 1), "expert {busy} is busy");
    }
}

/// The time of a day is cut for what is wanted: one visit and two online appointments, not three visits.
#[test]
fn no_more_placements_of_a_kind_are_cut_than_are_wanted() {
    let mut case = two([0, 0], 3);
    case.experts.truncate(1);
    case.calendars.truncate(1);
    case.waiting[0].mode = AppointmentMode::Visit;
    case.waiting[0].request.mode = Mode::Visit;
    let plan = case.plan(&Weights::default());
    let quarters: BTreeSet<_> = plan.lines.iter().map(|it| it.slot.quarter()).collect();
    assert!(plan.lines.iter().all(|it| it.slot.date() == date(1)), "{plan:?}");
    // After the visit and the way home, one online appointment begins after the other.
    assert_eq!(quarters, BTreeSet::from([12, 24, 30]));
}
