//! Who should be asked for each of many waiting consultations, decided at once (`docs/spec/lifecycle.md` §4).
//!
//! The formulation, round by round:
//!
//! 1. **Seats.** Each expert's free time within the window is cut into seats: stretches apart from each other that one
//!    session fits into with its travel and buffers, earliest first, within the limits of the day, the week and the
//!    open cases. For consultations in both fields there are joint seats besides, of one expert for each field at the
//!    same time; for a company that has chosen its time, seats at that time alone. Because seats are apart, any choice
//!    of them keeps every hard limit of time. Beside a visit that is booked already a seat may be nearer than the way
//!    home; it is then for that place alone.
//! 2. **Assignment.** Rows are consultations, columns seats. A pair is priced where the expert may be asked at all
//!    (field, territory, conflict of interest, as [`crate::routing::evaluate`] says) and the session fits the seat; any
//!    other pair costs what leaving the consultation out costs, which is more than any seat. The assignment of least
//!    total price is found exactly by the Hungarian method (`pathfinding::kuhn_munkres`). The price is the waiting in
//!    business days, plus the expert's relative load with this session, so that the sum of squares of loads is what is
//!    kept small: the load is evened out; merits and the order of receipt decide between equals.
//! 3. What was assigned is booked; rounds follow until nobody who is left can be given anybody.
//!
//! O(consultations × experts × days) for the seats, and at most O(consultations² × seats) for the assignment.
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

/// What is known when a plan is made.
#[derive(Clone, Copy, Debug)]
pub struct PlanningContext<'a> {
    /// Each at the same place as its calendar.
    pub experts: &'a [Expert],
    pub calendars: &'a [Calendar],
    pub settings: &'a Settings,
    pub business: &'a BusinessCalendar,
    /// From when to when sessions are planned that have no time yet.
    pub window: Window,
    /// Business days on which there are none all the same, such as those after the programme's last.
    pub no_sessions: &'a BTreeSet<NaiveDate>,
    pub today: NaiveDate,
}

/// A consultation for which somebody is to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingConsultation {
    /// With the slot that the company has chosen, if it has.
    pub wish: RoutingRequest,
    pub mode: AppointmentMode,
    /// Business days since it was received.
    pub waited: u32,
    /// In whose calendars its slot is held already.
    pub holders: Vec<ExpertId>,
}

/// How much things count against each other, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// A business day of waiting.
    pub day: i64,
    /// A load of one whole capacity.
    pub load: i64,
    /// A theme in common; experience, nearness and acquaintance count less, in this order.
    pub merit: i64,
}

impl Default for Weights {
    /// Asking somebody who is at the capacity that they named is worth two business days of waiting.
    fn default() -> Self {
        Self { day: 1000, load: 2000, merit: 20 }
    }
}

/// Who is to be asked for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub lines: Vec<PlannedConsultation>,
    pub left: Vec<UnplannedConsultation>,
}

/// A consultation, by its place among the waiting, with its team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedConsultation {
    pub waiting: usize,
    pub team: Team,
    /// When the session can be: the chosen time, or the earliest that the plan keeps for it.
    pub slot: Slot,
    /// Business days from today until then.
    pub ahead: u32,
}

/// A consultation for which nobody is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnplannedConsultation {
    pub waiting: usize,
    /// Experts who could be asked but for the time: none of them has any left, or no two at the same time.
    pub eligible: usize,
}

/// The plan of least waiting and most even load; see the module for what it minimises. Deterministic.
pub fn plan(ground: &PlanningContext<'_>, waiting: &[PendingConsultation], weights: &Weights) -> Plan {
    let people: Vec<_> = waiting.iter().map(|it| Eligible::of(it, ground)).collect();
    let mut diary = Diary::new(ground);
    let mut plan = Plan::default();
    let mut open: Vec<usize> = (0..waiting.len()).collect();
    loop {
        // Who has waited longest chooses the joint and the fixed seats first.
        open.sort_by_key(|&it| (std::cmp::Reverse(waiting[it].waited), it));
        let seats = placements(&diary, ground, waiting, &people, &open);
        let price = |row: usize, column: usize| {
            let (at, seat): (usize, &Placement) = (open[row], &seats[column]);
            seat.suits(at, &waiting[at], &people[at], ground)
                .then(|| seat.price(&waiting[at], &people[at], ground, &diary, weights))
        };
        let leaving = |row: usize| (i64::from(waiting[open[row]].waited) + LEAVING_DAYS) * weights.day.max(1);
        let found = assign(open.len(), seats.len(), price, leaving);
        let before = plan.lines.len();
        for (row, seat) in found.into_iter().enumerate() {
            let Some(seat) = seat.map(|it| &seats[it]) else { continue };
            diary.book(&seat.for_one(&waiting[open[row]], ground));
            plan.lines.extend(seat.line(open[row], ground, &diary));
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

/// Leaving a consultation out costs as much as this many business days of waiting.
const LEAVING_DAYS: i64 = 100_000;

/// Who may be asked for one consultation, whatever their time: the verdicts by the experts' places.
struct Eligible(Vec<(usize, Eligibility)>);

impl Eligible {
    fn of(waiting: &PendingConsultation, ground: &PlanningContext<'_>) -> Self {
        let judged = ground.experts.iter().enumerate().filter_map(|(place, expert)| {
            let shares = waiting.wish.fields.iter().any(|it| expert.fields.contains(it));
            // Most experts end here, without a list of reasons.
            let verdict = shares.then(|| evaluate(expert, &waiting.wish, None).verdict)?;
            matches!(verdict, Eligibility::In { .. }).then_some((place, verdict))
        });
        Self(judged.collect())
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
