//! The free time of experts: the next free time of each expert, prefecture and field, and why there is none on a day.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Blocked, Day, MOST_POSTS, Pool, Skills, Slot, SlotQuery, TeamQuery, Window},
        notice::{last_appointment_day, window},
    },
    calendar::japan_date,
    field::{Field, Fields},
    id::ExpertId,
    intake::company::Mode,
    prefecture::Prefecture,
    routing::{self, RoutingRequest, evaluate},
    settings::Settings,
};

use super::slot_offers::{RoutingFacts, SearchAim, days_between, people};
use crate::{app::App, ops::case::context::Context, problem::Problem};

/// A query for free time, for any company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeTimeQuery {
    pub fields: Fields,
    pub mode: AppointmentMode,
    /// The prefecture of the company. It does not matter for an online appointment.
    pub prefecture: Option<Prefecture>,
}

/// A snapshot of the free time of all experts, as far ahead as companies can book.
pub struct FreeTimeBoard {
    pool: Pool,
    facts: Vec<routing::Expert>,
    settings: Settings,
    pub window: Window,
    pub today: NaiveDate,
}

/// The availability of one expert on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayAvailability {
    /// The number of starts that they have.
    Free(u32),
    Blocked(Blocked),
    /// They are not eligible, whatever the day.
    NotEligible(routing::ReasonAgainst),
}

impl FreeTimeBoard {
    pub async fn load(app: &App) -> Result<Self, Problem> {
        let Context { now, experts, settings, calendar: business, .. } = Context::of(app).await?;
        let (today, window) = (japan_date(now), window(now, &settings, &business));
        let profiles: Vec<_> = experts.all().iter().filter(|it| it.active).collect();
        let days = (today, window.horizon.max(today));
        let RoutingFacts { facts, calendars } =
            people(&app.db, &profiles, days, now, None, SearchAim::List, &BTreeSet::new()).await?;
        let closed = |date: NaiveDate| {
            !business.is_open(date)
                || last_appointment_day(date, &settings, &business).is_some_and(|last| date > last)
        };
        let pool = Pool::new(today, days_between(days), closed, &calendars);
        Ok(Self { pool, facts, settings, window, today })
    }

    /// Returns the earliest time that companies can be offered. O(experts × days until then).
    pub fn next(&self, kind: FreeTimeQuery) -> Option<Slot> {
        self.pool.next_start(&self.ask(kind), Slot::new(self.today, 0)?)
    }

    /// Returns the earliest time of each expert for the fields that they cover; for a visit, in their own prefecture.
    pub fn next_of_each(&self, mode: AppointmentMode) -> Vec<(ExpertId, Option<Slot>)> {
        let footprint = |it: &routing::Expert| {
            let request = routing_request(FreeTimeQuery { fields: it.fields, mode, prefecture: it.home });
            let eligible = evaluate(it, &request, None).is_in();
            eligible.then(|| it.footprint(mode, it.home, &self.settings)).flatten()
        };
        let footprints = self.facts.iter().map(footprint).collect();
        let ask =
            SlotQuery { fields: Fields::Both, footprints, window: self.window, starts: Day::HALF_HOURS };
        let next = |at: usize| {
            let mut days = self.window.earliest.iter_days().take_while(|it| *it <= self.window.horizon);
            days.find_map(|date| Slot::new(date, self.pool.starts_of(&ask, at, date).first()?))
        };
        self.facts.iter().enumerate().map(|(at, it)| (it.id, next(at))).collect()
    }

    /// Returns the first day on which the given number of experts of each field can come together, with its starts and
    /// one such team for the first start.
    pub fn next_team(
        &self,
        kind: FreeTimeQuery,
        ict: usize,
        labor: usize,
    ) -> Option<(NaiveDate, Day, Vec<ExpertId>)> {
        if ict + labor > MOST_POSTS {
            return None;
        }
        let post = |field: Field| Skills::from(Fields::from(field));
        let posts = [vec![post(Field::Ict); ict], vec![post(Field::Labor); labor]].concat();
        let ask = self.ask(FreeTimeQuery { fields: Fields::Both, ..kind });
        let skills = self.facts.iter().map(|it| it.fields.into()).collect();
        let team = TeamQuery::new(posts, skills, ask.footprints, ask.window, ask.starts)?;
        let (date, starts) = self.pool.search_team(&team).into_iter().next()?;
        Some((date, starts, self.pool.team_at(&team, Slot::new(date, starts.first()?)?)?))
    }

    /// Returns the starts of a day, and for each expert what prevents it.
    pub fn day(&self, kind: FreeTimeQuery, date: NaiveDate) -> (Day, Vec<(ExpertId, DayAvailability)>) {
        let ask = self.ask(kind);
        let request = routing_request(kind);
        let of = |(at, it): (usize, &routing::Expert)| {
            let candidate = evaluate(it, &request, None);
            let on_day = match candidate.eligibility {
                routing::Eligibility::Out { ref reasons } if !reasons.is_empty() => {
                    DayAvailability::NotEligible(reasons[0])
                }
                routing::Eligibility::Out { .. } | routing::Eligibility::In { .. } => {
                    match self.pool.why_not_on(&ask, at, date) {
                        Some(blocked) => DayAvailability::Blocked(blocked),
                        None => DayAvailability::Free(self.pool.starts_of(&ask, at, date).count()),
                    }
                }
            };
            (it.id, on_day)
        };
        (self.pool.starts_on(&ask, date), self.facts.iter().enumerate().map(of).collect())
    }

    fn ask(&self, kind: FreeTimeQuery) -> SlotQuery {
        let request = routing_request(kind);
        let footprint = |it: &routing::Expert| {
            let eligible = evaluate(it, &request, None).is_in();
            eligible.then(|| it.footprint(kind.mode, kind.prefecture, &self.settings)).flatten()
        };
        SlotQuery {
            fields: kind.fields,
            footprints: self.facts.iter().map(footprint).collect(),
            window: self.window,
            starts: Day::HALF_HOURS,
        }
    }
}

fn routing_request(kind: FreeTimeQuery) -> RoutingRequest {
    RoutingRequest {
        fields: kind.fields,
        themes: BTreeSet::new(),
        mode: match kind.mode {
            AppointmentMode::Online => Mode::Online,
            AppointmentMode::Visit => Mode::Visit,
        },
        prefecture: kind.prefecture,
        industry: None,
        company: None,
        slot: None,
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
    }
}
