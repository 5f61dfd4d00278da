//! The order in which experts are asked.
use super::{
    Expert, RoutingRequest,
    eligibility::{Candidate, Eligibility},
};
use crate::{field::Fields, id::ExpertId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};

/// The criteria that decide among eligible experts, in this order (`docs/spec/lifecycle.md` §4); the id decides last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    /// Whether the expert has turned the consultation down, or was let go: they come last.
    pub turned_down: bool,
    /// Divided by `capacity`, the relative load: the lower one comes first.
    pub load: u32,
    pub capacity: u32,
    /// The number of themes in common with the request.
    pub themes: u32,
    pub industry: bool,
    pub same_prefecture: bool,
    pub known_company: bool,
    /// The longest ago comes first; `None`, which means never, comes before that.
    pub last_asked: Option<NaiveDate>,
}

/// The experts who give a consultation together. Either way the company sees one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Team {
    One(ExpertId),
    Pair { ict: ExpertId, labor: ExpertId },
}

impl Team {
    /// Returns whether this expert is a member of the team.
    pub fn has(self, expert: ExpertId) -> bool {
        match self {
            Self::One(one) => one == expert,
            Self::Pair { ict, labor } => ict == expert || labor == expert,
        }
    }
}

impl Rank {
    pub(super) fn of(expert: &Expert, request: &RoutingRequest) -> Self {
        let themes = expert.themes.intersection(&request.themes).count();
        Self {
            turned_down: request.asked_last.contains(&expert.id),
            load: expert.load,
            capacity: expert.capacity,
            themes: u32::try_from(themes).unwrap_or(u32::MAX),
            industry: request.industry.as_ref().is_some_and(|it| expert.industries.contains(it)),
            same_prefecture: request.prefecture.is_some() && request.prefecture == expert.home,
            known_company: request.company.is_some_and(|it| expert.known.contains(&it)),
            last_asked: expert.last_asked,
        }
    }

    /// Compares two ranks: `Less` is asked first. This is a total preorder: ranks may be level without being equal (1
    /// of 2, 2 of 4).
    pub fn compare(&self, other: &Self) -> Ordering {
        let merits = |it: &Self| Reverse((it.themes, it.industry, it.same_prefecture, it.known_company));
        self.turned_down
            .cmp(&other.turned_down)
            .then_with(|| self.compare_load(other))
            .then_with(|| merits(self).cmp(&merits(other)))
            .then_with(|| self.last_asked.cmp(&other.last_asked))
    }

    /// Compares the loads as fractions, without rounding. Without capacity every load counts as infinite.
    fn compare_load(&self, other: &Self) -> Ordering {
        match (self.capacity, other.capacity) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Greater,
            (_, 0) => Ordering::Less,
            (mine, theirs) => {
                let times = |a: u32, b: u32| u64::from(a) * u64::from(b);
                times(self.load, theirs).cmp(&times(other.load, mine))
            }
        }
    }
}

/// Returns the experts who are in, the first to be asked at the front; the order of `candidates` does not matter. O(n
/// log n).
pub fn rank(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut ranked: Vec<_> = candidates.iter().filter_map(|it| Some((placed(it)?, it))).collect();
    ranked.sort_by(|((_, a), one), ((_, b), other)| a.compare(b).then_with(|| one.expert.cmp(&other.expert)));
    ranked.into_iter().map(|(_, it)| it).collect()
}

/// Returns the teams that could give the consultation, the first to be asked at the front.
///
/// For one field, these are all experts who are in, in the order of their ranks. For both fields, they are every
/// expert who has both, alone, and every pair of an expert who has only ICT with an expert who has only labour
/// management: a pair is as good as its lower-ranked member, then as its higher-ranked one. So two experts with a low
/// load come before one with a high load, and the other way round. Lazy: the first teams cost no more than the
/// ranking, although the pairs are O(n²).
pub fn teams(request: &RoutingRequest, candidates: &[Candidate]) -> impl Iterator<Item = Team> + use<> {
    let wanted = request.fields;
    let ranked: Vec<_> =
        rank(candidates).into_iter().filter_map(|it| Some((placed(it)?.0, it.expert))).collect();
    (0..ranked.len()).flat_map(move |lower| {
        let (covers, expert) = ranked[lower];
        let partners: Vec<_> = ranked[..lower].to_vec();
        let alone = covers.covers(wanted).then_some(Team::One(expert));
        let pairs = partners.into_iter().filter_map(move |(other, partner)| match (covers, other) {
            (Fields::Ict, Fields::Labor) => Some(Team::Pair { ict: expert, labor: partner }),
            (Fields::Labor, Fields::Ict) => Some(Team::Pair { ict: partner, labor: expert }),
            (Fields::Ict | Fields::Labor | Fields::Both, _) => None,
        });
        alone.into_iter().chain(pairs)
    })
}

const fn placed(candidate: &Candidate) -> Option<(Fields, &Rank)> {
    match &candidate.eligibility {
        Eligibility::In { covers, rank, .. } => Some((*covers, rank)),
        Eligibility::Out { .. } => None,
    }
}
