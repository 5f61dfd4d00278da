//! The plot of each consultation: its goal, its twist, and when it began.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::ConsultationStatus;
use domain::{
    actor::Actor,
    calendar::{at_japan, japan_date},
    field::Fields,
    id::AccountId,
    intake::company::Mode,
};

use super::cast::Cast;
use crate::demo::dice::Dice;

/// The state in which a consultation's story stops.
pub(super) type Goal = ConsultationStatus;

/// A difficulty that happens once in a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    None,
    /// The link in the acknowledgement is not used.
    Unconfirmed,
    /// The center asks a question first.
    Asked,
    Declined,
    /// The first expert does not answer.
    Lapsed,
    /// Only one of two experts has answered.
    HalfAnswered,
    Moved,
    CancelledByCompany,
    CancelledByExpert,
    NoShow,
    ReportReturned,
    /// The consultation is ended and reopened.
    Reopened,
    /// There are three appointments, and a wish for a fourth.
    AtTheCap,
    /// The consultation ends when an appointment is booked already.
    Late,
}

#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub n: usize,
    pub goal: Goal,
    pub twist: Twist,
    pub applies_at: DateTime<Utc>,
    /// The actor who fills the form in.
    pub by: Actor,
    pub coordinator: AccountId,
    pub fields: Fields,
    pub mode: Mode,
    /// Whether a time is chosen in the application; otherwise the center looks for an expert first.
    pub picks_slot: bool,
    /// Whether the coordinator asks the first expert of the list, whose pages a visitor opens first.
    pub for_the_first: bool,
    /// The number of appointments.
    pub appointments: i32,
}

type Part = (Goal, Twist, usize, (i64, i64));

/// The number of consultations of each kind, 120 in all, and how many days ago they applied.
const PARTS: &[Part] = &[
    (Goal::Received, Twist::None, 2, (0, 1)),
    (Goal::Received, Twist::Unconfirmed, 2, (0, 0)),
    (Goal::Received, Twist::Unconfirmed, 2, (6, 9)),
    (Goal::Checking, Twist::None, 3, (1, 3)),
    (Goal::Checking, Twist::None, 1, (7, 10)),
    (Goal::Checking, Twist::Reopened, 2, (30, 60)),
    (Goal::WaitingCompany, Twist::None, 4, (2, 9)),
    (Goal::WaitingCompany, Twist::None, 1, (16, 18)),
    (Goal::Matching, Twist::None, 3, (1, 3)),
    (Goal::Matching, Twist::HalfAnswered, 2, (0, 1)),
    (Goal::Matching, Twist::Declined, 2, (1, 2)),
    (Goal::Scheduling, Twist::None, 3, (4, 12)),
    (Goal::Scheduling, Twist::CancelledByCompany, 2, (14, 20)),
    (Goal::Scheduling, Twist::NoShow, 1, (18, 25)),
    (Goal::Booked, Twist::None, 15, (3, 14)),
    (Goal::Booked, Twist::Moved, 3, (6, 16)),
    (Goal::Booked, Twist::Asked, 2, (8, 16)),
    (Goal::Booked, Twist::Lapsed, 2, (9, 16)),
    (Goal::Consulted, Twist::None, 7, (12, 20)),
    (Goal::Consulted, Twist::ReportReturned, 2, (14, 20)),
    (Goal::FollowUp, Twist::None, 14, (24, 170)),
    (Goal::FollowUp, Twist::Asked, 2, (40, 150)),
    (Goal::FollowUp, Twist::ReportReturned, 2, (40, 120)),
    (Goal::FollowUp, Twist::CancelledByExpert, 2, (50, 120)),
    (Goal::FollowUp, Twist::AtTheCap, 2, (85, 95)),
    (Goal::Completed, Twist::None, 15, (125, 210)),
    (Goal::Completed, Twist::Moved, 3, (130, 200)),
    (Goal::Completed, Twist::NoShow, 1, (150, 190)),
    (Goal::Withdrawn, Twist::None, 3, (5, 200)),
    (Goal::Withdrawn, Twist::Late, 4, (20, 180)),
    (Goal::Unfulfilled, Twist::None, 3, (8, 200)),
    (Goal::Unfulfilled, Twist::Asked, 2, (30, 180)),
    (Goal::Referred, Twist::None, 6, (6, 200)),
];

/// Returns the plots of all consultations, in no particular order.
pub(super) fn plots(dice: &mut Dice, cast: &Cast, now: DateTime<Utc>) -> Vec<Plot> {
    let parts = PARTS
        .iter()
        .flat_map(|&(goal, twist, count, ago)| (0..count).map(move |place| (goal, twist, place, ago)));
    parts.enumerate().map(|(n, part)| plot(n, part, dice, cast, now)).collect()
}

fn plot(n: usize, (goal, twist, place, ago): Part, dice: &mut Dice, cast: &Cast, now: DateTime<Utc>) -> Plot {
    let coordinator = dice.pick(&cast.coordinators).unwrap_or(AccountId(uuid::Uuid::nil()));
    let by = by(goal, twist, coordinator, dice, cast);
    // One consultation of each kind for which an expert has to act, and some of the first expert's bookings.
    let for_the_first = twist == Twist::None
        && match goal {
            Goal::Booked => place < 6,
            Goal::Matching | Goal::Scheduling => place < 2,
            Goal::Consulted => place < 3,
            Goal::FollowUp | Goal::Completed => place < 2,
            Goal::Received
            | Goal::Checking
            | Goal::WaitingCompany
            | Goal::Withdrawn
            | Goal::Unfulfilled
            | Goal::Referred => false,
        };
    let any = dice.weighted(&[(Fields::Ict, 36), (Fields::Labor, 34), (Fields::Both, 30)]);
    let fields = any.filter(|_| twist != Twist::HalfAnswered).unwrap_or(Fields::Both);
    let early = matches!(
        goal,
        Goal::Checking | Goal::WaitingCompany | Goal::Unfulfilled | Goal::Referred | Goal::Scheduling
    ) || goal == Goal::Received && twist != Twist::Unconfirmed
        || twist == Twist::Asked
        || goal == Goal::Withdrawn && twist == Twist::None;
    let visit = !for_the_first && dice.chance(20);
    let further = matches!(goal, Goal::FollowUp | Goal::Completed) && dice.chance(25);
    Plot {
        n,
        goal,
        twist,
        applies_at: applies_at(ago, by, dice, now),
        by,
        coordinator,
        fields,
        mode: if visit {
            Mode::Visit
        } else if dice.chance(25) {
            Mode::Either
        } else {
            Mode::Online
        },
        picks_slot: by == Actor::Company && !early && !for_the_first && dice.chance(85),
        for_the_first,
        appointments: if twist == Twist::AtTheCap { 3 } else { 1 + i32::from(further) },
    }
}

/// Returns the actor who fills the form in: mostly the company itself.
fn by(goal: Goal, twist: Twist, coordinator: AccountId, dice: &mut Dice, cast: &Cast) -> Actor {
    let web = matches!(twist, Twist::Unconfirmed | Twist::HalfAnswered | Twist::Lapsed)
        || goal == Goal::Matching && twist == Twist::Declined;
    if web || dice.chance(75) {
        return Actor::Company;
    }
    match dice.pick(&cast.desks) {
        Some(desk) if dice.chance(60) => Actor::Desk(desk, None),
        _ => Actor::Coordinator(coordinator),
    }
}

/// Returns a moment within this range of days ago at which people write; clerks only in office hours.
fn applies_at(
    (youngest, oldest): (i64, i64),
    by: Actor,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let day: NaiveDate = japan_date(now) - TimeDelta::days(dice.number(youngest, oldest));
    let minute = match by {
        Actor::Company => dice.number(7 * 60, 22 * 60),
        Actor::Coordinator(_) | Actor::Desk(..) | Actor::Expert(_) | Actor::System | Actor::Stead(..) => {
            dice.number(9 * 60, 16 * 60 + 45)
        }
    };
    let at = at_japan(day, 0, 0) + TimeDelta::seconds(minute * 60 + dice.number(0, 59));
    // Of today only past hours, the latest a few minutes ago.
    let latest = now - TimeDelta::minutes(dice.number(5, 240));
    at.min(latest)
}
