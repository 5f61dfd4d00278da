//! One simulated year under one policy, business day by business day.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::{
    booking::{
        availability::{Day, Footprint, Occupied, Pool, Slot, SlotQuery, Window},
        notice::{last_appointment_day, window},
    },
    calendar::at_japan,
    field::Fields,
    id::ExpertId,
    routing::{
        RoutingRequest, Team, evaluate,
        planning::{self, PendingConsultation, PlanningContext, Weights},
        teams,
    },
    settings::Settings,
};

use super::{
    Setup,
    outcome::Outcome,
    policy::Policy,
    world::{FIRST, Topic, World},
};

/// The percentage of times that suit a company.
const SUITS: u64 = 45;
/// The percentage of companies that do not come; `ILL` is the percentage of appointments on whose day an expert falls
/// ill.
const NO_SHOW: u64 = 4;
const ILL: u64 = 2;
/// The number of days before and after today within which an appointment counts as load (`docs/spec/lifecycle.md`
/// §4).
const MONTH: i64 = 28;

/// An appointment in an expert's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    pub consultation: usize,
    pub expert: usize,
    pub slot: Slot,
    pub footprint: Footprint,
    /// Whether the appointment did not take place, so that its time was free again from then on.
    pub cancelled: bool,
}

#[derive(Clone, Debug)]
enum Stage {
    Coming,
    Waiting,
    /// Experts have been asked, and their answers are there at `until`. `slot` is the time that the company has
    /// chosen, if it has.
    Asked {
        team: Vec<usize>,
        until: NaiveDate,
        slot: Option<Slot>,
    },
    Booked {
        team: Vec<usize>,
        slot: Slot,
    },
    Served {
        wait: usize,
    },
}

pub(super) struct Year<'a> {
    pub policy: Policy,
    pub declined: usize,
    world: &'a mut World,
    settings: Settings,
    stages: Vec<Stage>,
    bookings: Vec<Booking>,
    /// The next expert in the rotation.
    next: usize,
    today: NaiveDate,
    window: Window,
}

/// Simulates the year. The same setup and policy give the same outcome. The bookings are for callers that check them.
pub fn simulate(setup: Setup, policy: Policy) -> (Outcome, Vec<Booking>) {
    let mut world = World::new(setup);
    let stages = world.applications.iter().map(|_| Stage::Coming).collect();
    let settings = Settings::default();
    let window = window(at_japan(FIRST, 9, 0), &settings, &world.business);
    let last = last_appointment_day(FIRST, &settings, &world.business).unwrap_or(FIRST);
    let mut year = Year {
        policy,
        declined: 0,
        world: &mut world,
        settings,
        stages,
        bookings: Vec::new(),
        next: 0,
        today: FIRST,
        window,
    };
    for date in FIRST.iter_days().take_while(|it| *it <= last) {
        if year.world.business.is_open(date) {
            year.day(date, last);
        }
    }
    (Outcome::of(&year), year.bookings)
}

impl Year<'_> {
    pub fn consultations(&self) -> usize {
        self.stages.len()
    }

    pub fn waits(&self) -> impl Iterator<Item = usize> {
        self.stages.iter().filter_map(|it| match it {
            Stage::Served { wait } => Some(*wait),
            Stage::Coming | Stage::Waiting | Stage::Asked { .. } | Stage::Booked { .. } => None,
        })
    }

    /// Returns the number of each expert's appointments over the number that they would like.
    pub fn shares(&self) -> Vec<f64> {
        let count = |at: usize| self.bookings.iter().filter(|it| it.expert == at && !it.cancelled).count();
        let experts = self.world.experts.iter().enumerate();
        experts.map(|(at, it)| count(at) as f64 / f64::from(it.capacity.max(1))).collect()
    }

    /// Returns the hours that all experts travel: from home, from one appointment to the next, and home again.
    pub fn travel_hours(&self) -> f64 {
        let mut days: BTreeMap<(usize, NaiveDate), Vec<&Booking>> = BTreeMap::new();
        for it in self.bookings.iter().filter(|it| !it.cancelled) {
            days.entry((it.expert, it.slot.date())).or_default().push(it);
        }
        let quarters = days.into_values().map(|mut day| {
            day.sort_by_key(|it| it.slot);
            travel(&day)
        });
        quarters.map(|it| f64::from(it) / 4.0).sum()
    }

    fn day(&mut self, date: NaiveDate, last: NaiveDate) {
        self.today = date;
        self.window = Window {
            last_appointment: Some(last),
            ..window(at_japan(date, 9, 0), &self.settings, &self.world.business)
        };
        for at in 0..self.stages.len() {
            self.hold_appointment(at);
            self.take_answers(at);
            if matches!(self.stages[at], Stage::Coming) && self.world.applications[at].on <= date {
                self.stages[at] = Stage::Waiting;
            }
        }
        self.count();
        if self.policy == Policy::Optimal {
            self.plan();
            return;
        }
        for at in 0..self.stages.len() {
            if matches!(self.stages[at], Stage::Waiting) {
                self.route(at);
            }
        }
    }

    /// Lets an appointment that is booked for today take place, or books it anew with the same experts if it cannot.
    fn hold_appointment(&mut self, at: usize) {
        let Stage::Booked { team, slot } = self.stages[at].clone() else { return };
        if slot.date() > self.today {
            return;
        }
        let about = |topic: Topic| [topic.code(), at as u64, slot.index().unsigned_abs()];
        let chance = self.world.chance;
        if chance.percent(NO_SHOW, &about(Topic::NoShow)) || chance.percent(ILL, &about(Topic::Ill)) {
            self.free(at);
            self.book(at, team);
        } else {
            let wait = self.world.business.business_days_between(self.world.applications[at].on, slot.date());
            self.stages[at] = Stage::Served { wait };
        }
    }

    fn take_answers(&mut self, at: usize) {
        let Stage::Asked { team, until, slot } = self.stages[at].clone() else { return };
        if until > self.today {
            return;
        }
        let no = |it: &&usize| self.world.declines(at, **it);
        let declined: Vec<_> = team.iter().filter(no).map(|it| self.world.experts[*it].id).collect();
        if !declined.is_empty() {
            self.declined += declined.len();
            self.world.applications[at].request.excluded.extend(declined);
            self.free(at);
            self.stages[at] = Stage::Waiting;
            self.count();
            if let Some(slot) = slot {
                // The next candidate is asked for the same time, as the service does it.
                self.ask_best(at, slot);
            }
        } else if let Some(slot) = slot {
            self.stages[at] = Stage::Booked { team, slot };
        } else {
            self.book(at, team);
        }
    }

    /// Books a time that the company chooses among the joint free times of a team. A team without such a time is not
    /// asked again.
    fn book(&mut self, at: usize, team: Vec<usize>) {
        let free = self.joint(at, &team);
        match self.first_that_suits(at, free) {
            Some(slot) => {
                self.take(at, &team, slot);
                self.stages[at] = Stage::Booked { team, slot };
            }
            None => {
                let ids: Vec<_> = team.iter().map(|it| self.world.experts[*it].id).collect();
                self.world.applications[at].request.excluded.extend(ids);
                self.stages[at] = Stage::Waiting;
            }
        }
    }

    fn plan(&mut self) {
        let open: Vec<_> =
            (0..self.stages.len()).filter(|it| matches!(self.stages[*it], Stage::Waiting)).collect();
        let waiting: Vec<_> = open
            .iter()
            .map(|&at| {
                let it = &self.world.applications[at];
                let waited = self.world.business.business_days_between(it.on, self.today);
                PendingConsultation {
                    request: it.request.clone(),
                    mode: it.mode,
                    waited: u32::try_from(waited).unwrap_or(u32::MAX),
                    holders: Vec::new(),
                }
            })
            .collect();
        let context = PlanningContext {
            experts: &self.world.experts,
            calendars: &self.world.calendars,
            settings: &self.settings,
            business: &self.world.business,
            window: self.window,
            no_appointments: &BTreeSet::new(),
            today: self.today,
        };
        let plan = planning::plan(&context, &waiting, &Weights::default());
        for line in plan.lines {
            self.ask(open[line.waiting], self.positions(line.team), None);
        }
    }

    /// Asks experts for one consultation, as the policy says.
    fn route(&mut self, at: usize) {
        match self.policy {
            Policy::Optimal => {}
            Policy::Ranked => {
                let free = self.anybody(at);
                if let Some(slot) = self.first_that_suits(at, free) {
                    self.ask_best(at, slot);
                }
            }
            Policy::RoundRobin | Policy::Random => {
                let all = self.world.experts.len();
                let from = match self.policy {
                    Policy::Random => {
                        let excluded = self.world.applications[at].request.excluded.len() as u64;
                        self.world.chance.index(all, &[Topic::Draw.code(), at as u64, excluded])
                    }
                    Policy::RoundRobin | Policy::Optimal | Policy::Ranked => self.next,
                };
                if let Some(team) = self.next_team(at, from) {
                    if let (Policy::RoundRobin, Some(last)) = (self.policy, team.last()) {
                        self.next = (last + 1) % all.max(1);
                    }
                    self.ask(at, team, None);
                }
            }
        }
    }

    /// Returns the next experts in the rotation who may be asked: one alone, else one of each field. For the random
    /// policy the order itself is drawn, because taking the next expert after a random place would favour experts who
    /// stand after a gap.
    fn next_team(&self, at: usize, from: usize) -> Option<Vec<usize>> {
        let request = &self.world.applications[at].request;
        let all = self.world.experts.len();
        let mut order: Vec<usize> = (0..all).map(|it| (from + it) % all).collect();
        if self.policy == Policy::Random {
            order.sort_by_key(|it| {
                self.world.chance.number(&[Topic::Draw.code(), at as u64, from as u64, *it as u64])
            });
        }
        let may = |it: &usize| evaluate(&self.world.experts[*it], request, None).is_in();
        let may: Vec<_> = order.into_iter().filter(may).collect();
        let fields = |it: usize| self.world.experts[it].fields;
        if let Some(one) = may.iter().find(|it| fields(**it).covers(request.fields)) {
            return Some(vec![*one]);
        }
        let of = |wanted: Fields| may.iter().copied().find(|it| fields(*it) == wanted);
        Some(vec![of(Fields::Ict)?, of(Fields::Labor)?])
    }

    /// Asks the best-ranked team for a time, and keeps the time free until the team has answered.
    fn ask_best(&mut self, at: usize, slot: Slot) {
        let pool = self.pool();
        let ask = self.ask_of(at, Day::ALL);
        let request = RoutingRequest { slot: Some(slot), ..self.world.applications[at].request.clone() };
        let candidates: Vec<_> = self
            .world
            .experts
            .iter()
            .map(|it| evaluate(it, &request, pool.why_not(&ask, it.id, slot)))
            .collect();
        if let Some(team) = teams(&request, &candidates).next() {
            let team = self.positions(team);
            self.take(at, &team, slot);
            self.ask(at, team, Some(slot));
        }
    }

    fn ask(&mut self, at: usize, team: Vec<usize>, slot: Option<Slot>) {
        let delay = team
            .iter()
            .map(|it| 1 + self.world.chance.index(2, &[Topic::Delay.code(), at as u64, *it as u64]));
        let delay = u16::try_from(delay.max().unwrap_or(1)).unwrap_or(1);
        let until = self.world.business.add_business_days(self.today, delay);
        for &it in &team {
            let expert = &mut self.world.experts[it];
            expert.open_cases += 1;
            expert.load += 1;
            expert.last_asked = Some(self.today);
        }
        self.stages[at] = Stage::Asked { team, until, slot };
    }

    fn positions(&self, team: Team) -> Vec<usize> {
        let position = |id: ExpertId| self.world.experts.iter().position(|it| it.id == id);
        match team {
            Team::One(one) => position(one).into_iter().collect(),
            Team::Pair { ict, labor } => [ict, labor].into_iter().filter_map(position).collect(),
        }
    }

    /// Updates the counts of all experts, as the service would find them this morning.
    fn count(&mut self) {
        let open: Vec<&[usize]> = self
            .stages
            .iter()
            .filter_map(|it| match it {
                Stage::Asked { team, .. } | Stage::Booked { team, .. } => Some(&team[..]),
                Stage::Coming | Stage::Waiting | Stage::Served { .. } => None,
            })
            .collect();
        for (at, expert) in self.world.experts.iter_mut().enumerate() {
            let cases = open.iter().filter(|it| it.contains(&at)).count();
            expert.open_cases = u16::try_from(cases).unwrap_or(u16::MAX);
            expert.load = 0;
        }
        let near = |it: &&Booking| !it.cancelled && (it.slot.date() - self.today).num_days().abs() <= MONTH;
        for it in self.bookings.iter().filter(near) {
            self.world.experts[it.expert].load += 1;
        }
        // A request without a time counts as well, because it is to become an appointment.
        for stage in &self.stages {
            if let Stage::Asked { team, slot: None, .. } = stage {
                for &it in team {
                    self.world.experts[it].load += 1;
                }
            }
        }
    }

    fn take(&mut self, at: usize, team: &[usize], slot: Slot) {
        let (mode, site) = (self.world.applications[at].mode, self.world.applications[at].request.prefecture);
        for &expert in team {
            if let Some(footprint) = self.world.experts[expert].footprint(mode, site, &self.settings) {
                self.bookings.push(Booking { consultation: at, expert, slot, footprint, cancelled: false });
                self.copy_bookings(expert);
            }
        }
    }

    fn free(&mut self, at: usize) {
        let mut touched = BTreeSet::new();
        for it in self.bookings.iter_mut().filter(|it| it.consultation == at && !it.cancelled) {
            it.cancelled = true;
            touched.insert(it.expert);
        }
        for expert in touched {
            self.copy_bookings(expert);
        }
    }

    /// Brings an expert's calendar up to date.
    fn copy_bookings(&mut self, expert: usize) {
        let since = self.today - Days::new(7);
        let mine = || {
            self.bookings.iter().filter(|it| it.expert == expert && !it.cancelled && it.slot.date() >= since)
        };
        let calendar = &mut self.world.calendars[expert];
        let mut occupied = Occupied::default();
        mine().for_each(|it| occupied.take(it.slot, it.footprint));
        calendar.occupied = occupied;
        calendar.appointments = mine().map(|it| it.slot.date()).collect();
    }

    fn pool(&self) -> Pool {
        self.pool_of(&self.world.calendars)
    }

    fn pool_of(&self, calendars: &[domain::booking::availability::Calendar]) -> Pool {
        let days = usize::try_from((self.window.horizon - self.today).num_days() + 1).unwrap_or(1);
        Pool::new(self.today, days, |it| !self.world.business.is_open(it), calendars)
    }

    fn ask_of(&self, at: usize, starts: Day) -> SlotQuery {
        let it = &self.world.applications[at];
        let footprint = |expert: &domain::routing::Expert| {
            let eligible = evaluate(expert, &it.request, None).is_in();
            eligible.then(|| expert.footprint(it.mode, it.request.prefecture, &self.settings)).flatten()
        };
        let footprints = self.world.experts.iter().map(footprint).collect();
        SlotQuery { fields: it.request.fields, footprints, window: self.window, starts }
    }

    /// Returns the times that a company is offered before any expert is asked.
    fn anybody(&self, at: usize) -> Vec<(NaiveDate, Day)> {
        self.pool().search(&self.ask_of(at, Day::HALF_HOURS))
    }

    /// Returns the times that a company is offered once a team has accepted.
    fn joint(&self, at: usize, team: &[usize]) -> Vec<(NaiveDate, Day)> {
        let it = &self.world.applications[at];
        let calendars: Vec<_> = team.iter().map(|expert| self.world.calendars[*expert].clone()).collect();
        let pool = self.pool_of(&calendars);
        let footprint = |expert: &usize| {
            self.world.experts[*expert].footprint(it.mode, it.request.prefecture, &self.settings)
        };
        let ask = SlotQuery {
            fields: it.request.fields,
            footprints: team.iter().map(footprint).collect(),
            window: self.window,
            starts: Day::HALF_HOURS,
        };
        let days = self.window.earliest.iter_days().take_while(|it| *it <= self.window.horizon);
        days.map(|date| {
            let all = (0..team.len()).map(|member| pool.starts_of(&ask, member, date));
            (date, all.fold(Day::ALL, Day::intersection))
        })
        .collect()
    }

    /// Returns the earliest of the offered times that suits the company.
    fn first_that_suits(&self, at: usize, free: Vec<(NaiveDate, Day)>) -> Option<Slot> {
        let slots = free.into_iter().flat_map(|(date, starts)| {
            starts.quarters().filter_map(move |it| Slot::new(date, it)).collect::<Vec<_>>()
        });
        slots.into_iter().find(|it| {
            let hour = it.index().div_euclid(4).unsigned_abs();
            self.world.chance.percent(SUITS, &[Topic::Accept.code(), at as u64, hour])
        })
    }
}

/// Returns the travel of one day's appointments, in their order. Quarter hours.
fn travel(day: &[&Booking]) -> u32 {
    let mut ways = 0;
    let mut last: Option<Footprint> = None;
    for it in day.iter().map(|it| it.footprint) {
        ways += match (last.and_then(|it| it.site), it.site) {
            (Some(from), Some(to)) => u32::from(from.way_to(to.prefecture)),
            // An online appointment has a buffer after it, but no travel.
            (Some(_), None) => last.map_or(0, |it| u32::from(it.after)),
            (None, Some(_)) => u32::from(it.before),
            (None, None) => 0,
        };
        last = Some(it);
    }
    ways + last.filter(|it| it.site.is_some()).map_or(0, |it| u32::from(it.after))
}
