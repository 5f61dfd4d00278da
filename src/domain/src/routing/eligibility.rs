//! The eligibility of one expert for one request.
use super::{
    Expert, RoutingRequest,
    rank::Rank,
    reason::{ReasonAgainst, ReasonFor},
};
use crate::{
    booking::availability::Blocked,
    field::{Field, Fields},
    id::ExpertId,
    intake::company::Mode,
};
use serde::{Deserialize, Serialize};

/// An expert with their eligibility for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub expert: ExpertId,
    pub eligibility: Eligibility,
}

impl Candidate {
    /// Adds the caution that the conflicts of interest of `expert` cannot be checked, because no corporate number says
    /// which company it is.
    #[must_use]
    pub fn with_unidentified_company(mut self, expert: &Expert) -> Self {
        if let Eligibility::In { reasons, .. } = &mut self.eligibility
            && !expert.conflicts.is_empty()
            && !reasons.contains(&ReasonFor::CompanyUnknown)
        {
            reasons.push(ReasonFor::CompanyUnknown);
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Eligibility {
    In {
        /// The requested fields that they have.
        covers: Fields,
        rank: Rank,
        reasons: Vec<ReasonFor>,
    },
    /// Every reason; never empty.
    Out { reasons: Vec<ReasonAgainst> },
}

impl Candidate {
    pub const fn is_in(&self) -> bool {
        matches!(self.eligibility, Eligibility::In { .. })
    }
}

/// Decides whether the expert can be asked, with every reason for it or against it.
///
/// `blocked` is the answer of [`crate::booking::availability::Pool::why_not`] for the request's slot, and `None` if
/// the expert is free or no slot is chosen. A fact that the company has not told never rules an expert out; it is
/// among the reasons.
pub fn evaluate(expert: &Expert, request: &RoutingRequest, blocked: Option<Blocked>) -> Candidate {
    let covers = shared(expert.fields, request.fields);
    let against = against(expert, request, blocked);
    let eligibility = match covers {
        Some(covers) if against.is_empty() => Eligibility::In {
            covers,
            rank: Rank::of(expert, request),
            reasons: reasons_for(expert, request, covers),
        },
        Some(_) | None => Eligibility::Out { reasons: against },
    };
    Candidate { expert: expert.id, eligibility }
}

fn shared(a: Fields, b: Fields) -> Option<Fields> {
    let both_have = |field| a.contains(field) && b.contains(field);
    Fields::from_flags(both_have(Field::Ict), both_have(Field::Labor))
}

fn against(expert: &Expert, request: &RoutingRequest, blocked: Option<Blocked>) -> Vec<ReasonAgainst> {
    let limits = expert.limits;
    let mut against = Vec::new();
    let mut note = |holds: bool, reason| {
        if holds && !against.contains(&reason) {
            against.push(reason);
        }
    };
    note(shared(expert.fields, request.fields).is_none(), ReasonAgainst::Fields { fields: expert.fields });
    note(!expert.active, ReasonAgainst::Inactive);
    note(expert.absent, ReasonAgainst::Absent);
    note(request.company.is_some_and(|it| expert.conflicts.contains(&it)), ReasonAgainst::Conflict);
    note(request.excluded.contains(&expert.id), ReasonAgainst::AskedBefore);
    for reason in cannot_meet(expert, request) {
        note(true, reason);
    }
    let has_slot = request.slot.is_some();
    note(
        has_slot && expert.day_appointments >= limits.per_day,
        ReasonAgainst::DayFull { limit: limits.per_day },
    );
    note(
        has_slot && expert.week_appointments >= limits.per_week,
        ReasonAgainst::WeekFull { limit: limits.per_week },
    );
    let cases = expert.open_case_limit;
    note(expert.open_cases >= cases, ReasonAgainst::CasesFull { limit: cases });
    if let Some(blocked) = blocked {
        note(true, at_slot(blocked, expert));
    }
    against
}

/// Returns why the company's preferred mode, or each of the two modes, is impossible; empty if one is possible.
fn cannot_meet(expert: &Expert, request: &RoutingRequest) -> Vec<ReasonAgainst> {
    let online = (!expert.works_online).then_some(ReasonAgainst::NotOnline);
    let visit = match request.prefecture {
        Some(_) | None if expert.visits.is_empty() => Some(ReasonAgainst::NoVisits),
        Some(prefecture) if !expert.visits.contains(&prefecture) => {
            Some(ReasonAgainst::NotThere { prefecture })
        }
        Some(_) | None => None,
    };
    match (request.mode, online, visit) {
        (Mode::Online, online, _) => online.into_iter().collect(),
        (Mode::Visit, _, visit) => visit.into_iter().collect(),
        (Mode::Either, Some(online), Some(visit)) => vec![online, visit],
        (Mode::Either, _, _) => Vec::new(),
    }
}

/// Converts the calendar's reason into the reason from the expert's own facts, so that the same reason is not given
/// twice.
const fn at_slot(blocked: Blocked, expert: &Expert) -> ReasonAgainst {
    match blocked {
        Blocked::Absent => ReasonAgainst::Absent,
        Blocked::DayFull => ReasonAgainst::DayFull { limit: expert.limits.per_day },
        Blocked::WeekFull => ReasonAgainst::WeekFull { limit: expert.limits.per_week },
        Blocked::Unsuited
        | Blocked::Notice
        | Blocked::Horizon
        | Blocked::LastAppointment
        | Blocked::Closed
        | Blocked::NoHours
        | Blocked::Occupied
        | Blocked::Travel => ReasonAgainst::Slot { blocked },
    }
}

/// Returns the reasons in the order of the ranking; unknown facts come last.
fn reasons_for(expert: &Expert, request: &RoutingRequest, covers: Fields) -> Vec<ReasonFor> {
    let rank = Rank::of(expert, request);
    let turned_down = rank.turned_down.then_some(ReasonFor::TurnedDown);
    let share = (request.fields == Fields::Both).then_some(match covers {
        Fields::Both => ReasonFor::BothFields,
        Fields::Ict | Fields::Labor => ReasonFor::OneField { fields: covers },
    });
    let may_visit = match request.mode {
        Mode::Visit | Mode::Either => true,
        Mode::Online => false,
    };
    let no_place = may_visit && request.prefecture.is_none();
    let no_company = request.company.is_none() && !expert.conflicts.is_empty();
    [
        turned_down,
        share,
        Some(ReasonFor::Load { appointments: rank.load, capacity: rank.capacity }),
        (rank.themes > 0).then_some(ReasonFor::Themes { count: rank.themes }),
        rank.industry.then_some(ReasonFor::Industry),
        rank.same_prefecture.then_some(ReasonFor::SamePrefecture),
        rank.known_company.then_some(ReasonFor::KnownCompany),
        Some(rank.last_asked.map_or(ReasonFor::NeverAsked, |on| ReasonFor::LastAsked { on })),
        no_place.then_some(ReasonFor::PrefectureUnknown),
        request.industry.is_none().then_some(ReasonFor::IndustryUnknown),
        no_company.then_some(ReasonFor::CompanyUnknown),
    ]
    .into_iter()
    .flatten()
    .collect()
}
