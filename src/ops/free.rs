//! Where there is time: the next free time of each expert, prefecture and field, and why there is none on a day.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    appointment::SessionMode,
    availability::{Ask, Blocked, Day, MOST_SEATS, Pool, Skills, Slot, TeamAsk, Window},
    calendar::japan_date,
    company::Mode,
    field::{Field, Fields},
    id::ExpertId,
    notice::{last_session_day, window},
    prefecture::Prefecture,
    routing::{self, Wish, judge},
    settings::Settings,
};

use super::{
    context::Context,
    offers::{Aim, People, days_between, people},
};
use crate::{app::App, problem::Problem};

/// What is asked for, by whatever company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub fields: Fields,
    pub mode: SessionMode,
    /// Where the company is; for a session online it does not matter.
    pub prefecture: Option<Prefecture>,
}

/// The free time of all experts for as far as companies can book. A snapshot.
pub struct Board {
    pool: Pool,
    facts: Vec<routing::Expert>,
    settings: Settings,
    pub window: Window,
    pub today: NaiveDate,
}

/// What became of one expert on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDay {
    /// How many starts they have.
    Free(u32),
    Blocked(Blocked),
    /// They could not be asked, whatever the day.
    NotEligible(routing::Against),
}

impl Board {
    pub async fn load(app: &App) -> Result<Self, Problem> {
        let Context { now, experts, settings, calendar: business, .. } = Context::of(app).await?;
        let (today, window) = (japan_date(now), window(now, &settings, &business));
        let profiles: Vec<_> = experts.all().iter().filter(|it| it.active).collect();
        let days = (today, window.horizon.max(today));
        let People { facts, calendars } =
            people(&app.db, &profiles, days, now, None, Aim::List, &BTreeSet::new()).await?;
        let closed = |date: NaiveDate| {
            !business.is_open(date)
                || last_session_day(date, &settings, &business).is_some_and(|last| date > last)
        };
        let pool = Pool::new(today, days_between(days), closed, &calendars);
        Ok(Self { pool, facts, settings, window, today })
    }

    /// The earliest time that companies can be offered. O(experts × days until then).
    pub fn next(&self, kind: Kind) -> Option<Slot> {
        self.pool.next_start(&self.ask(kind), Slot::new(self.today, 0)?)
    }

    /// The earliest time of each expert for what they can do; in their own prefecture for a visit.
    pub fn next_of_each(&self, mode: SessionMode) -> Vec<(ExpertId, Option<Slot>)> {
        let footprint = |it: &routing::Expert| {
            let wish = wish(Kind { fields: it.fields, mode, prefecture: it.home });
            let eligible = judge(it, &wish, None).is_in();
            eligible.then(|| it.footprint(mode, it.home, &self.settings)).flatten()
        };
        let footprints = self.facts.iter().map(footprint).collect();
        let ask = Ask { fields: Fields::Both, footprints, window: self.window, starts: Day::HALF_HOURS };
        let next = |at: usize| {
            let mut days = self.window.earliest.iter_days().take_while(|it| *it <= self.window.horizon);
            days.find_map(|date| Slot::new(date, self.pool.starts_of(&ask, at, date).first()?))
        };
        self.facts.iter().enumerate().map(|(at, it)| (it.id, next(at))).collect()
    }

    /// The first day on which so many of each field can come together, with its starts and one such team for the first.
    pub fn next_team(&self, kind: Kind, ict: usize, labor: usize) -> Option<(NaiveDate, Day, Vec<ExpertId>)> {
        if ict + labor > MOST_SEATS {
            return None;
        }
        let seat = |field: Field| Skills::from(Fields::from(field));
        let seats = [vec![seat(Field::Ict); ict], vec![seat(Field::Labor); labor]].concat();
        let ask = self.ask(Kind { fields: Fields::Both, ..kind });
        let skills = self.facts.iter().map(|it| it.fields.into()).collect();
        let team = TeamAsk::new(seats, skills, ask.footprints, ask.window, ask.starts)?;
        let (date, starts) = self.pool.search_team(&team).into_iter().next()?;
        Some((date, starts, self.pool.team_at(&team, Slot::new(date, starts.first()?)?)?))
    }

    /// The starts of a day, and what stands against it for each expert.
    pub fn day(&self, kind: Kind, date: NaiveDate) -> (Day, Vec<(ExpertId, OnDay)>) {
        let ask = self.ask(kind);
        let wish = wish(kind);
        let of = |(at, it): (usize, &routing::Expert)| {
            let candidate = judge(it, &wish, None);
            let on_day = match candidate.verdict {
                routing::Verdict::Out { ref reasons } if !reasons.is_empty() => {
                    OnDay::NotEligible(reasons[0])
                }
                routing::Verdict::Out { .. } | routing::Verdict::In { .. } => {
                    match self.pool.why_not_on(&ask, at, date) {
                        Some(blocked) => OnDay::Blocked(blocked),
                        None => OnDay::Free(self.pool.starts_of(&ask, at, date).count()),
                    }
                }
            };
            (it.id, on_day)
        };
        (self.pool.starts_on(&ask, date), self.facts.iter().enumerate().map(of).collect())
    }

    fn ask(&self, kind: Kind) -> Ask {
        let wish = wish(kind);
        let footprint = |it: &routing::Expert| {
            let eligible = judge(it, &wish, None).is_in();
            eligible.then(|| it.footprint(kind.mode, kind.prefecture, &self.settings)).flatten()
        };
        Ask {
            fields: kind.fields,
            footprints: self.facts.iter().map(footprint).collect(),
            window: self.window,
            starts: Day::HALF_HOURS,
        }
    }
}

fn wish(kind: Kind) -> Wish {
    Wish {
        fields: kind.fields,
        themes: BTreeSet::new(),
        mode: match kind.mode {
            SessionMode::Online => Mode::Online,
            SessionMode::Visit => Mode::Visit,
        },
        prefecture: kind.prefecture,
        industry: None,
        company: None,
        slot: None,
        excluded: BTreeSet::new(),
    }
}
