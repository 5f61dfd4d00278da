//! The plan for all consultations that are waiting to be routed: it is made and shown without changing anything. Each
//! line is carried out with `ops::routing::assignment::request`.
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Slot, Window},
        notice::{last_appointment_day, window},
    },
    calendar::{BusinessCalendar, japan_date},
    id::CompanyId,
    intake::company::Mode,
    routing::{
        Candidate, RoutingRequest, evaluate,
        planning::{self, Weights},
    },
    settings::Settings,
};

use crate::{
    app::App,
    ops::{
        booking::slot_offers::{RoutingFacts, SearchAim, TeamMember, members, people},
        case::context::Context,
    },
    problem::Problem,
    store::{self, consultation::Record, routing::plan::PendingConsultation},
};

/// The number of consultations that are planned at once; the ones that have waited longest come first.
pub const MOST: u64 = 1000;

/// The requests that would be made.
#[derive(Debug)]
pub struct Plan {
    /// The planned requests, the consultation that has waited longest first.
    pub lines: Vec<PlannedRequest>,
    pub left: Vec<UnplannedRequest>,
}

#[derive(Debug)]
pub struct PlannedRequest {
    pub record: Record,
    pub team: Vec<TeamMember>,
    /// The time that the company has chosen, or the earliest that the plan keeps for it.
    pub slot: Slot,
    pub is_chosen: bool,
    /// The number of business days from today until then.
    pub ahead: u32,
}

#[derive(Debug)]
pub struct UnplannedRequest {
    pub record: Record,
    /// The number of experts who could be asked if they had time.
    pub eligible: usize,
}

/// Everything that a plan is made from, read at one moment.
struct Question {
    people: RoutingFacts,
    waiting: Vec<planning::PendingConsultation>,
    settings: Settings,
    business: BusinessCalendar,
    window: Window,
    no_appointments: BTreeSet<NaiveDate>,
    today: NaiveDate,
    /// The companies that no corporate number identifies.
    unidentified: BTreeSet<CompanyId>,
}

/// A planned consultation, with why its experts were chosen and whether the company has chosen the time.
struct Explained {
    line: planning::PlannedConsultation,
    is_chosen: bool,
    candidates: Vec<Candidate>,
}

/// Makes the plan for the present moment.
pub async fn make(app: &App) -> Result<Plan, Problem> {
    let waiting = store::routing::plan::waiting(&app.db, MOST).await?;
    let question = Question::of(app, &waiting).await?;
    // It may take a second, during which other requests have to be served.
    let answered = tokio::task::spawn_blocking(move || question.answer());
    let (lines, left) = answered.await.map_err(|err| Problem::Internal(err.into()))?;
    let record = |at: usize| waiting[at].record.clone();
    let line = |it: Explained| PlannedRequest {
        record: record(it.line.waiting),
        team: members(it.line.team, waiting[it.line.waiting].record.wanted_fields(), &it.candidates),
        slot: it.line.slot,
        is_chosen: it.is_chosen,
        ahead: it.line.ahead,
    };
    let left =
        left.into_iter().map(|it| UnplannedRequest { record: record(it.waiting), eligible: it.eligible });
    Ok(Plan { lines: lines.into_iter().map(line).collect(), left: left.collect() })
}

impl Question {
    async fn of(app: &App, waiting: &[PendingConsultation]) -> Result<Self, Problem> {
        let Context { now, experts, settings, calendar: business, .. } = Context::of(app).await?;
        let known = store::routing::plan::advised(&app.db).await?;
        let (today, window) = (japan_date(now), window(now, &settings, &business));
        let profiles: Vec<_> = experts.all().iter().collect();
        let days = (today, window.horizon.max(today));
        let mut people = people(&app.db, &profiles, days, now, None, SearchAim::Choose, &known).await?;
        people.mark_absent(&profiles, (window.earliest, window.horizon));
        let has_conflicts = people.facts.iter().any(|it| !it.conflicts.is_empty());
        let companies = waiting.iter().filter(|_| has_conflicts).map(|it| it.record.company);
        let unidentified = store::intake::company::unidentified(&app.db, companies).await?;
        let waiting = waiting.iter().map(|it| one(it, now, &business)).collect();
        let late = |date: &NaiveDate| {
            last_appointment_day(*date, &settings, &business).is_some_and(|last| *date > last)
        };
        let no_appointments = today.iter_days().take_while(|it| *it <= days.1).filter(late).collect();
        Ok(Self { people, waiting, settings, business, window, no_appointments, today, unidentified })
    }

    fn answer(self) -> (Vec<Explained>, Vec<planning::UnplannedConsultation>) {
        let context = planning::PlanningContext {
            experts: &self.people.facts,
            calendars: &self.people.calendars,
            settings: &self.settings,
            business: &self.business,
            window: self.window,
            no_appointments: &self.no_appointments,
            today: self.today,
        };
        let plan = planning::plan(&context, &self.waiting, &Weights::default());
        let explained = |line: planning::PlannedConsultation| {
            let request = &self.waiting[line.waiting].request;
            let team = self.people.facts.iter().filter(|it| line.team.has(it.id));
            let is_unidentified = request.company.is_some_and(|it| self.unidentified.contains(&it));
            let candidates = team.map(|it| {
                let candidate = evaluate(it, request, None);
                if is_unidentified { candidate.with_unidentified_company(it) } else { candidate }
            });
            let candidates = candidates.collect();
            Explained { line, is_chosen: request.slot.is_some(), candidates }
        };
        (plan.lines.into_iter().map(explained).collect(), plan.left)
    }
}

fn one(
    it: &PendingConsultation,
    now: DateTime<Utc>,
    business: &BusinessCalendar,
) -> planning::PendingConsultation {
    let waited = business.business_days_between(japan_date(it.record.received_at), japan_date(now));
    // An expired hold, or one whose time has come, counts as none: asking releases it.
    let held = it.held.as_ref().filter(|held| !held.has_expired(now) && held.starts_at > now);
    planning::PendingConsultation {
        request: routing_request(it, held.and_then(|it| Slot::at(it.starts_at))),
        mode: mode(it),
        waited: u32::try_from(waited).unwrap_or(u32::MAX),
        holders: held.map(|it| it.experts.clone()).unwrap_or_default(),
    }
}

fn mode(it: &PendingConsultation) -> AppointmentMode {
    it.held.as_ref().map_or_else(|| AppointmentMode::wished(it.record.mode), |it| it.mode)
}

fn routing_request(it: &PendingConsultation, slot: Option<Slot>) -> RoutingRequest {
    let record = &it.record;
    RoutingRequest {
        fields: record.wanted_fields(),
        themes: it.themes.clone(),
        mode: match mode(it) {
            AppointmentMode::Online => Mode::Online,
            AppointmentMode::Visit => Mode::Visit,
        },
        prefecture: record.site(),
        industry: record.industry,
        company: Some(record.company),
        slot,
        excluded: it.turned_down.clone(),
        asked_last: BTreeSet::new(),
    }
}
