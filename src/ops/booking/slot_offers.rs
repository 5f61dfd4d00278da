//! Searches for slots and for the experts who can take them: loads the facts for `domain::booking::availability` and
//! `domain::routing`.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Blocked, Calendar, Day, Footprint, Pool, Slot, SlotQuery, WhyNone},
        notice::{last_appointment_day, window},
    },
    calendar::{BusinessCalendar, at_japan, japan_date},
    field::Fields,
    id::{AppointmentId, CompanyId, ExpertId},
    intake::company::{Industry, Mode},
    prefecture::Prefecture,
    routing::{self, Candidate, Eligibility, ReasonFor, RoutingRequest, Team, ThemeCode, evaluate, teams},
    settings::Settings,
};
use sea_orm::{ConnectionTrait, DbErr};

use crate::store::{
    self,
    booking::appointment::Cells,
    routing::expert::{self, Profile, Roster, Workload},
};

/// A search for slots.
#[derive(Clone, Debug)]
pub struct SlotSearch {
    pub fields: Fields,
    pub mode: AppointmentMode,
    pub themes: BTreeSet<ThemeCode>,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    pub company: Option<CompanyId>,
    /// Searches only these experts, all of them together; `None` searches every eligible expert.
    pub only: Option<Vec<ExpertId>>,
    /// Searches only within a consultation day; `None` searches every day.
    pub day: Option<DayOnly>,
    /// The experts who are not asked.
    pub excluded: BTreeSet<ExpertId>,
    /// The experts who have turned this consultation down, or were let go, and whom the center may ask all the same. They come
    /// last.
    pub asked_last: BTreeSet<ExpertId>,
    /// The appointment that is about to move: its own time counts as free.
    pub moving: Option<AppointmentId>,
    /// The starts to offer.
    pub starts: Day,
    /// Whether the search ignores the notice period and the last day of appointments, as a coordinator may.
    pub overridden: bool,
    /// Whether experts are to be chosen, or the times only listed.
    pub aim: SearchAim,
}

/// The times of a consultation day: online, from its start to its end, with one of its experts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOnly {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub experts: Vec<ExpertId>,
}

/// The purpose of a search. Ranking needs each expert's workload, which a list of times does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchAim {
    List,
    Choose,
}

/// A snapshot of the slots and candidates that a search has found.
pub struct SlotOffers {
    search: SlotSearch,
    pool: Pool,
    ask: SlotQuery,
    facts: Vec<routing::Expert>,
    /// Whether an expert has conflicts of interest that cannot be checked, because no number identifies the company.
    is_unidentified: bool,
    /// The moment of the search: slots that begin by then cannot be offered.
    now: DateTime<Utc>,
    today: NaiveDate,
    minutes: i64,
}

/// An expert to be asked, for which fields, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    pub expert: ExpertId,
    pub fields: Fields,
    pub reasons: Vec<ReasonFor>,
}

/// Searches for slots as far ahead as companies can book.
pub async fn offers(
    db: &impl ConnectionTrait,
    roster: &Roster,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
    search: SlotSearch,
) -> Result<SlotOffers, DbErr> {
    let today = japan_date(now);
    let mut window = window(now, settings, calendar);
    let earliest = window.earliest;
    if search.overridden {
        window.earliest = today;
    }
    let is_online = search.mode == AppointmentMode::Online;
    let of_day =
        |it: &Profile| search.day.as_ref().is_none_or(|day| is_online && day.experts.contains(&it.id));
    let wanted = |it: &&Profile| of_day(it) && search.only.as_ref().is_none_or(|only| only.contains(&it.id));
    let members: Vec<_> = roster.all().iter().filter(wanted).collect();
    let known = match search.company {
        Some(company) => expert::advised(db, company).await?.into_iter().map(|it| (it, company)).collect(),
        None => BTreeSet::new(),
    };
    let days = (today, window.horizon);
    let mut people = people(db, &members, days, now, search.moving, search.aim, &known).await?;
    people.mark_absent(&members, (earliest, window.horizon));
    let RoutingFacts { facts, calendars } = people;
    let overridden = search.overridden;
    let closed = |date: NaiveDate| {
        let late = last_appointment_day(date, settings, calendar).is_some_and(|last| date > last);
        !calendar.is_open(date) || (late && !overridden)
    };
    let pool = Pool::new(today, days_between(days), closed, &calendars);
    let request = routing_request(&search, None);
    let footprints = facts
        .iter()
        .map(|it| {
            let eligible = it.active && (search.only.is_some() || evaluate(it, &request, None).is_in());
            eligible.then(|| it.footprint(search.mode, search.prefecture, settings)).flatten()
        })
        .collect();
    let ask = SlotQuery { fields: search.fields, footprints, window, starts: search.starts };
    let minutes = i64::from(match search.mode {
        AppointmentMode::Online => settings.online_minutes,
        AppointmentMode::Visit => settings.visit_minutes,
    });
    let is_unidentified = is_unidentified(db, &search, &facts).await?;
    Ok(SlotOffers { search, pool, ask, facts, is_unidentified, now, today, minutes })
}

/// Returns whether conflicts of interest matter and cannot be checked for the company.
async fn is_unidentified(
    db: &impl ConnectionTrait,
    search: &SlotSearch,
    facts: &[routing::Expert],
) -> Result<bool, DbErr> {
    let matters = search.aim == SearchAim::Choose && facts.iter().any(|it| !it.conflicts.is_empty());
    match search.company.filter(|_| matters) {
        Some(company) => Ok(!store::intake::company::unidentified(db, [company]).await?.is_empty()),
        None => Ok(false),
    }
}

/// The routing facts of each expert and their calendars, in the order in which the experts were given.
pub(in crate::ops) struct RoutingFacts {
    pub facts: Vec<routing::Expert>,
    pub calendars: Vec<Calendar>,
}

impl RoutingFacts {
    /// Marks the experts who are absent on every day from the first to the last, both included: no company could choose a
    /// time with them. `members` are the profiles for which the facts were loaded, in the same order.
    pub(in crate::ops) fn mark_absent(
        &mut self,
        members: &[&Profile],
        (first, last): (NaiveDate, NaiveDate),
    ) {
        for (it, profile) in self.facts.iter_mut().zip(members) {
            it.absent = profile.schedule.is_absent_throughout(first, last);
        }
    }
}

/// Loads the calendars and counts of experts for the days from the first to the last, both included, with a fixed
/// number of queries. `known` tells which expert has advised which company.
pub(in crate::ops) async fn people(
    db: &impl ConnectionTrait,
    members: &[&Profile],
    (first, last): (NaiveDate, NaiveDate),
    now: DateTime<Utc>,
    moving: Option<AppointmentId>,
    aim: SearchAim,
    known: &BTreeSet<(ExpertId, CompanyId)>,
) -> Result<RoutingFacts, DbErr> {
    let (from, to) = (at_japan(first, 0, 0), at_japan(last, 24, 0));
    // Limits count whole weeks, including days outside the days on offer.
    let week = TimeDelta::days(7);
    let mut occupied = expert::occupied(db, from, to, moving).await?;
    let mut appointments = expert::appointments(db, from - week, to + week, moving).await?;
    let workloads = match aim {
        SearchAim::List => expert::open_cases(db).await?,
        SearchAim::Choose => expert::workloads(db, now).await?,
    };
    let idle = Workload::default();
    let facts = members.iter().map(|it| facts(it, workloads.get(&it.id).unwrap_or(&idle), known)).collect();
    let calendars = members.iter().map(|it| Calendar {
        expert: it.id,
        fields: it.fields,
        schedule: it.schedule.clone(),
        occupied: occupied.remove(&it.id).unwrap_or_default(),
        appointments: appointments.remove(&it.id).unwrap_or_default(),
        limits: it.limits,
    });
    Ok(RoutingFacts { facts, calendars: calendars.collect() })
}

/// Returns the number of days, both ends included.
pub(in crate::ops) fn days_between((first, last): (NaiveDate, NaiveDate)) -> usize {
    usize::try_from((last - first).num_days() + 1).unwrap_or(1)
}

impl SlotOffers {
    /// Returns the days with a start, earliest first, each with its starts.
    pub fn days(&self) -> Vec<(NaiveDate, Vec<Slot>)> {
        let days = match &self.search.only {
            None => self.pool.search(&self.ask),
            Some(_) => self
                .ask
                .window
                .earliest
                .iter_days()
                .take_while(|&it| it <= self.ask.window.horizon)
                .map(|it| (it, self.together_on(it)))
                .filter(|(_, starts)| !starts.is_empty())
                .collect(),
        };
        let slots = |(date, starts): (NaiveDate, Day)| {
            let slots = starts.quarters().filter_map(|it| Slot::new(date, it));
            let ahead: Vec<_> = slots.filter(|it| it.start() > self.now && self.is_on_day(*it)).collect();
            (!ahead.is_empty()).then_some((date, ahead))
        };
        days.into_iter().filter_map(slots).collect()
    }

    /// Returns whether an appointment can start at `slot`.
    pub fn has(&self, slot: Slot) -> bool {
        if slot.start() <= self.now || !self.is_on_day(slot) {
            return false;
        }
        match &self.search.only {
            None => {
                self.search.starts.contains(slot.quarter()) && !self.pool.teams_at(&self.ask, slot).is_empty()
            }
            Some(_) => self.together_on(slot.date()).contains(slot.quarter()),
        }
    }

    /// Returns whether an appointment at `slot` lies within the consultation day, if the search is for one.
    fn is_on_day(&self, slot: Slot) -> bool {
        self.search.day.as_ref().is_none_or(|day| day.from <= slot.start() && self.end(slot) <= day.until)
    }

    /// Returns every expert with their eligibility, for this slot or for any.
    pub fn candidates(&self, slot: Option<Slot>) -> Vec<Candidate> {
        let request = routing_request(&self.search, slot);
        self.facts
            .iter()
            .map(|it| {
                let blocked = slot.and_then(|slot| self.blocked(it.id, slot));
                let candidate = evaluate(it, &request, blocked);
                if self.is_unidentified { candidate.with_unidentified_company(it) } else { candidate }
            })
            .collect()
    }

    /// Returns the teams that could take the appointment, the team to ask first at the front.
    pub fn teams(&self, slot: Option<Slot>) -> impl Iterator<Item = Vec<TeamMember>> + use<> {
        let request = routing_request(&self.search, slot);
        let candidates = self.candidates(slot);
        let fields = self.search.fields;
        teams(&request, &candidates).map(move |team| members(team, fields, &candidates))
    }

    /// Returns the team of exactly these experts, if it could take the appointment.
    pub fn team_of(&self, experts: &[ExpertId], slot: Option<Slot>) -> Option<Vec<TeamMember>> {
        let wanted: BTreeSet<_> = experts.iter().collect();
        self.teams(slot).find(|team| team.iter().map(|it| &it.expert).collect::<BTreeSet<_>>() == wanted)
    }

    /// Returns why there is no start on a day.
    pub fn why_none(&self, date: NaiveDate) -> WhyNone {
        self.pool.why_none(&self.ask, date)
    }

    /// Returns the end of an appointment that starts at `slot`.
    pub fn end(&self, slot: Slot) -> DateTime<Utc> {
        slot.start() + TimeDelta::minutes(self.minutes)
    }

    /// Returns the quarter hours that these experts need for an appointment at `slot`, including travel and buffers.
    pub fn cells(&self, experts: &[ExpertId], slot: Slot, settings: &Settings) -> Vec<Cells> {
        experts
            .iter()
            .filter_map(|&expert| {
                let facts = self.facts.iter().find(|it| it.id == expert)?;
                let (mode, site) = (self.search.mode, self.search.prefecture);
                Some(Cells { expert, slot, footprint: Footprint::new(mode, facts.home, site, settings) })
            })
            .collect()
    }

    /// Returns the mode of the appointment.
    pub const fn mode(&self) -> AppointmentMode {
        self.search.mode
    }

    /// Returns the length of the appointment in minutes.
    pub const fn minutes(&self) -> i64 {
        self.minutes
    }

    /// Returns the first day on which a slot can be offered.
    pub const fn earliest(&self) -> NaiveDate {
        self.ask.window.earliest
    }

    /// Returns the starts on a day at which all requested experts are free together.
    fn together_on(&self, date: NaiveDate) -> Day {
        let places = 0..self.facts.len();
        let joint = places
            .fold(Day::ALL, |joint, place| joint.intersection(self.pool.starts_of(&self.ask, place, date)));
        if self.facts.is_empty() { Day::NONE } else { joint }
    }

    fn blocked(&self, expert: ExpertId, slot: Slot) -> Option<Blocked> {
        if slot.date() < self.today { None } else { self.pool.why_not(&self.ask, expert, slot) }
    }
}

pub(in crate::ops) fn members(team: Team, fields: Fields, candidates: &[Candidate]) -> Vec<TeamMember> {
    let reasons = |expert| {
        let eligibility = candidates.iter().find(|it| it.expert == expert).map(|it| &it.eligibility);
        match eligibility {
            Some(Eligibility::In { reasons, .. }) => reasons.clone(),
            Some(Eligibility::Out { .. }) | None => Vec::new(),
        }
    };
    match team {
        Team::One(expert) => vec![TeamMember { expert, fields, reasons: reasons(expert) }],
        Team::Pair { ict, labor } => vec![
            TeamMember { expert: ict, fields: Fields::Ict, reasons: reasons(ict) },
            TeamMember { expert: labor, fields: Fields::Labor, reasons: reasons(labor) },
        ],
    }
}

fn routing_request(search: &SlotSearch, slot: Option<Slot>) -> RoutingRequest {
    RoutingRequest {
        fields: search.fields,
        themes: search.themes.clone(),
        mode: match search.mode {
            AppointmentMode::Online => Mode::Online,
            AppointmentMode::Visit => Mode::Visit,
        },
        prefecture: search.prefecture,
        industry: search.industry,
        company: search.company,
        slot,
        excluded: search.excluded.clone(),
        asked_last: search.asked_last.clone(),
    }
}

fn facts(profile: &Profile, workload: &Workload, known: &BTreeSet<(ExpertId, CompanyId)>) -> routing::Expert {
    routing::Expert {
        id: profile.id,
        active: profile.active,
        fields: profile.fields,
        themes: profile.themes.clone(),
        industries: profile.industries.clone(),
        home: profile.home,
        visits: profile.visits.clone(),
        works_online: profile.works_online,
        // Absences and the limits of a day and a week are part of the pool, which knows the days.
        absent: false,
        conflicts: profile.conflicts.clone(),
        known: known.iter().filter(|it| it.0 == profile.id).map(|it| it.1).collect(),
        limits: profile.limits,
        day_appointments: 0,
        week_appointments: 0,
        open_cases: workload.open_cases,
        open_case_limit: profile.open_limit,
        load: workload.load,
        capacity: profile.capacity,
        last_asked: workload.last_asked,
    }
}
