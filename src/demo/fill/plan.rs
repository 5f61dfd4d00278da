//! The number of consultations in each state, and their ages.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::ConsultationStatus;
use domain::{
    calendar::{at_japan, japan_date},
    number::FiscalYear,
};

use super::dice::Dice;

/// The state in which a consultation's story ends.
pub(super) type Goal = ConsultationStatus;

/// The goal and the time of receipt of one consultation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    pub goal: Goal,
    pub received_at: DateTime<Utc>,
}

/// Returns `count` outlines over the fiscal year of `now` and the one before, in the order of receipt.
///
/// Open consultations are young, and each goal gets the days that its story needs.
pub(super) fn outlines(count: usize, dice: &mut Dice, now: DateTime<Utc>) -> Vec<Outline> {
    let today = japan_date(now);
    let first = FiscalYear::of(today).and_then(FiscalYear::previous).map_or(today, FiscalYear::first_day);
    let mut outlines: Vec<_> = (0..count)
        .filter_map(|n| {
            // The first dozen covers every state, however few consultations there are.
            let goal = SHARES.get(n).map(|it| it.0).or_else(|| dice.weighted(SHARES))?;
            Some(Outline { goal, received_at: received_at(goal, first, dice, now) })
        })
        .collect();
    outlines.sort_by_key(|it| it.received_at);
    outlines
}

/// The share of each goal, in thousandths.
const SHARES: &[(Goal, u32)] = &[
    (Goal::Received, 8),
    (Goal::Checking, 10),
    (Goal::WaitingCompany, 12),
    (Goal::Matching, 10),
    (Goal::Scheduling, 15),
    (Goal::Booked, 40),
    (Goal::Consulted, 35),
    (Goal::FollowUp, 180),
    (Goal::Completed, 520),
    (Goal::Withdrawn, 60),
    (Goal::Unfulfilled, 70),
    (Goal::Referred, 40),
];

/// Returns a time of receipt at the hours at which people write, and old enough for the goal.
fn received_at(goal: Goal, first: NaiveDate, dice: &mut Dice, now: DateTime<Utc>) -> DateTime<Utc> {
    let (youngest, oldest) = match goal {
        Goal::Received => (0, 3),
        Goal::Checking => (2, 7),
        Goal::WaitingCompany => (3, 14),
        Goal::Matching => (3, 7),
        Goal::Scheduling => (15, 30),
        Goal::Booked => (15, 40),
        Goal::Consulted => (30, 60),
        Goal::FollowUp => (45, 300),
        Goal::Completed => (75, 730),
        Goal::Withdrawn | Goal::Unfulfilled | Goal::Referred => (30, 730),
    };
    let today = japan_date(now);
    let oldest = oldest.min((today - first).num_days()).max(youngest);
    let day = today - TimeDelta::days(dice.number(youngest, oldest));
    let minute = dice.number(7 * 60, 22 * 60);
    let at = at_japan(day, 0, 0) + TimeDelta::seconds(minute * 60 + dice.number(0, 59));
    at.min(now - TimeDelta::minutes(5))
}
