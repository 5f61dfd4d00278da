//! The choice of experts for many waiting consultations at once (`docs/spec/lifecycle.md` §4).
//!
//! The method works in rounds:
//!
//! 1. **Placements.** Each expert's free time within the window is cut into placements: stretches apart from each
//!    other, each long enough for one appointment with its travel and buffers, earliest first, within the limits of the
//!    day, the week and the open cases. For consultations in both fields there are also joint placements, of one expert
//!    for each field at the same time; for a company that has chosen its time, there are placements at that time alone.
//!    Because placements are apart, any choice of them keeps every hard limit of time. Beside a visit that is already
//!    booked, a placement may be nearer than the travel home; it is then for that place alone.
//! 2. **Assignment.** Rows are consultations, columns are placements. A pair has a price if the expert may be asked at
//!    all (field, territory, conflict of interest, as [`crate::routing::evaluate`] says) and the appointment fits the
//!    placement; any other pair costs as much as leaving the consultation out, which is more than any placement. The
//!    Hungarian method (`pathfinding::kuhn_munkres`) finds the assignment of least total price exactly. The price is
//!    the waiting in business days, plus the expert's relative load with this appointment. The sum of the squares of
//!    the loads is thereby kept small, and the load is evened out; merits and the order of receipt decide between
//!    equals.
//! 3. The assigned placements are booked. Rounds follow until no remaining consultation can be given an expert.
//!
//! O(consultations × experts × days) for the placements, and at most O(consultations² × placements) for the
//! assignment.
mod assign;
mod diary;
mod placement;

use crate::{
    booking::{
        appointment::AppointmentMode,
        availability::{Calendar, Slot, Window},
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::ExpertId,
    routing::{Eligibility, Expert, Rank, RoutingRequest, Team, evaluate},
    settings::Settings,
};
use assign::assign;
use chrono::NaiveDate;
use diary::Diary;
use placement::{Placement, placements};
use std::collections::BTreeSet;

/// The facts on which a plan is based.
#[derive(Clone, Copy, Debug)]
pub struct PlanningContext<'a> {
    /// The experts, each at the same place as their calendar in `calendars`.
    pub experts: &'a [Expert],
    pub calendars: &'a [Calendar],
    pub settings: &'a Settings,
    pub business: &'a BusinessCalendar,
    /// The days for which appointments without a chosen time are planned.
    pub window: Window,
    /// Business days without appointments, such as the days after the programme's last one.
    pub no_appointments: &'a BTreeSet<NaiveDate>,
    pub today: NaiveDate,
}

/// A consultation for which experts are to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingConsultation {
    /// The needs of the consultation, with the slot that the company has chosen, if it has.
    pub request: RoutingRequest,
    pub mode: AppointmentMode,
    /// Business days since the consultation was received.
    pub waited: u32,
    /// The experts in whose calendars its slot is already held.
    pub holders: Vec<ExpertId>,
}

/// The weights of the criteria against each other, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The price of a business day of waiting.
    pub day: i64,
    /// The price of a load of one whole capacity.
    pub load: i64,
    /// The value of a theme in common; experience, nearness and acquaintance count less, in this order.
    pub merit: i64,
}

impl Default for Weights {
    /// Gives an expert whose load is the capacity that they named the price of two business days of waiting.
    fn default() -> Self {
        Self { day: 1000, load: 2000, merit: 20 }
    }
}

/// The experts to be asked for each consultation, and the consultations that are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub lines: Vec<PlannedConsultation>,
    pub left: Vec<UnplannedConsultation>,
}

/// A consultation, by its place among the waiting ones, with its team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedConsultation {
    pub waiting: usize,
    pub team: Team,
    /// The time of the appointment: the chosen time, or the earliest that the plan keeps for it.
    pub slot: Slot,
    /// Business days from today until the day of `slot`.
    pub ahead: u32,
}

/// A consultation for which no expert is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnplannedConsultation {
    pub waiting: usize,
    /// The number of experts who could be asked if there were time: none of them has any left, or no two have time
    /// together.
    pub eligible: usize,
}

/// Returns the plan with the least waiting and the most even load; the documentation of this module says what it
/// minimises. Deterministic.
pub fn plan(context: &PlanningContext<'_>, waiting: &[PendingConsultation], weights: &Weights) -> Plan {
    let people: Vec<_> = waiting.iter().map(|it| Eligible::of(it, context)).collect();
    let mut diary = Diary::new(context);
    let mut plan = Plan::default();
    let mut open: Vec<usize> = (0..waiting.len()).collect();
    loop {
        // The consultations that have waited longest get the joint and the fixed placements first.
        open.sort_by_key(|&it| (std::cmp::Reverse(waiting[it].waited), it));
        let placements = placements(&diary, context, waiting, &people, &open);
        let price = |row: usize, column: usize| {
            let (at, placement): (usize, &Placement) = (open[row], &placements[column]);
            placement
                .suits(at, &waiting[at], &people[at], context)
                .then(|| placement.price(&waiting[at], &people[at], context, &diary, weights))
        };
        let leaving = |row: usize| (i64::from(waiting[open[row]].waited) + LEAVING_DAYS) * weights.day.max(1);
        let found = assign(open.len(), placements.len(), price, leaving);
        let before = plan.lines.len();
        for (row, placement) in found.into_iter().enumerate() {
            let Some(placement) = placement.map(|it| &placements[it]) else { continue };
            diary.book(&placement.for_one(&waiting[open[row]], context));
            plan.lines.extend(placement.line(open[row], context, &diary));
        }
        let planned = |it: &usize| plan.lines[before..].iter().any(|line| line.waiting == *it);
        open.retain(|it| !planned(it));
        if plan.lines.len() == before {
            break;
        }
    }
    plan.lines.sort_by_key(|it| it.waiting);
    open.sort_unstable();
    plan.left = open
        .into_iter()
        .map(|at| UnplannedConsultation { waiting: at, eligible: people[at].0.len() })
        .collect();
    plan
}

/// The price of leaving a consultation out, in business days of waiting.
const LEAVING_DAYS: i64 = 100_000;

/// The experts who may be asked for one consultation, whatever their time: each expert's index in the context, and
/// their eligibility.
struct Eligible(Vec<(usize, Eligibility)>);

impl Eligible {
    fn of(waiting: &PendingConsultation, context: &PlanningContext<'_>) -> Self {
        let eligible = context.experts.iter().enumerate().filter_map(|(place, expert)| {
            let shares = waiting.request.fields.iter().any(|it| expert.fields.contains(it));
            // Most experts are ruled out here, without a list of reasons.
            let eligibility = shares.then(|| evaluate(expert, &waiting.request, None).eligibility)?;
            matches!(eligibility, Eligibility::In { .. }).then_some((place, eligibility))
        });
        Self(eligible.collect())
    }

    fn of_expert(&self, place: usize) -> Option<(Fields, &Rank)> {
        let at = self.0.binary_search_by_key(&place, |it| it.0).ok()?;
        match &self.0.get(at)?.1 {
            Eligibility::In { covers, rank, .. } => Some((*covers, rank)),
            Eligibility::Out { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
