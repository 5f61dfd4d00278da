//! Placements: stretches of experts' time, apart from each other, each of which can be given to one consultation.
use super::{Eligible, PendingConsultation, PlannedConsultation, PlanningContext, Weights, diary::Diary};
use crate::{
    booking::availability::{Day, Footprint, Slot},
    field::Fields,
    routing::{Candidate, Expert, Team, teams},
};
use std::collections::BTreeMap;

/// The number of teams that are considered for a chosen time in one round.
const TEAMS: usize = 4;
/// An expert who has named no capacity is asked after experts whose load is this many times their capacity.
const WITHOUT_CAPACITY: i64 = 10;

/// A placement: one expert, or one for each field, from one quarter on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placement {
    pub members: Vec<PlacementMember>,
    /// The index of the day among the diary's days.
    pub day: usize,
    pub quarter: u8,
    /// The consultations that have chosen this time. If there are none, the placement is for all consultations without a
    /// chosen time.
    chosen_by: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlacementMember {
    /// The index of the expert in the context.
    pub expert: usize,
    /// The longest appointment, with its travel and buffers, that fits.
    pub footprint: Footprint,
    /// Whether the company's slot is in this expert's calendar already.
    pub holds: bool,
    /// Whether there is time for the travel from and to home, so that the appointment may be anywhere. If not, it can
    /// only be where `footprint` says, because there is a visit beside it.
    anywhere: bool,
    /// The number of this placement among the expert's placements in this round, from 1.
    nth: u32,
}

/// Cuts the free time of `diary` into placements for the consultations `open`.
pub(super) fn placements(
    diary: &Diary,
    context: &PlanningContext<'_>,
    waiting: &[PendingConsultation],
    people: &[Eligible],
    open: &[usize],
) -> Vec<Placement> {
    let mut cutter = Cutter {
        diary: diary.clone(),
        context,
        placements: Vec::new(),
        count: vec![0; context.experts.len()],
        wanted: vec![BTreeMap::new(); context.experts.len()],
    };
    for &at in open {
        let (one, eligible) = (&waiting[at], &people[at]);
        if let Some(slot) = one.request.slot {
            cutter.fixed(at, one, eligible, slot);
        } else {
            if one.request.fields == Fields::Both {
                cutter.joint(one, eligible);
            }
            cutter.want(one, eligible);
        }
    }
    cutter.singles();
    cutter.placements
}

struct Cutter<'a> {
    diary: Diary,
    context: &'a PlanningContext<'a>,
    placements: Vec<Placement>,
    /// The number of each expert's placements so far.
    count: Vec<u32>,
    /// The appointments that could be given to each expert alone, and how many of each kind.
    wanted: Vec<BTreeMap<Footprint, usize>>,
}

impl Cutter<'_> {
    fn push(&mut self, day: usize, quarter: u8, team: &[(usize, Footprint, bool)], chosen_by: Vec<usize>) {
        let (count, diary) = (&mut self.count, &self.diary);
        let members = team.iter().map(|&(expert, footprint, holds)| {
            count[expert] += 1;
            let anywhere = diary.starts(expert, day, footprint.at_home()).contains(quarter);
            PlacementMember { expert, footprint, holds, anywhere, nth: count[expert] }
        });
        let placement = Placement { members: members.collect(), day, quarter, chosen_by };
        self.diary.keep(&placement);
        self.placements.push(placement);
    }

    /// Adds placements at the time that a company has chosen, with the best-ranked teams that are free then.
    fn fixed(&mut self, at: usize, one: &PendingConsultation, eligible: &Eligible, slot: Slot) {
        let Some(day) = self.diary.day(slot.date()) else { return };
        let experts = self.context.experts;
        let candidates: Vec<_> = eligible
            .0
            .iter()
            .filter(|it| {
                self.is_free(it.0, one, day, slot) || self.placement_to_share(it.0, one, day, slot).is_some()
            })
            .map(|(place, eligibility)| Candidate {
                expert: experts[*place].id,
                eligibility: eligibility.clone(),
            })
            .collect();
        let best: Vec<_> = teams(&one.request, &candidates).take(TEAMS).collect();
        for team in best {
            let places = places(team, experts, eligible);
            if places.iter().all(|it| self.is_free(*it, one, day, slot)) {
                let member = |&it: &usize| {
                    Some((
                        it,
                        footprint(&experts[it], one, self.context)?,
                        one.holders.contains(&experts[it].id),
                    ))
                };
                let team: Option<Vec<_>> = places.iter().map(member).collect();
                if let Some(team) = team {
                    self.push(day, slot.quarter(), &team, vec![at]);
                }
            } else if let [alone] = places[..]
                && let Some(shared) = self.placement_to_share(alone, one, day, slot)
            {
                self.placements[shared].chosen_by.push(at);
            }
        }
    }

    fn is_free(&self, expert: usize, one: &PendingConsultation, day: usize, slot: Slot) -> bool {
        let holds = one.holders.contains(&self.context.experts[expert].id);
        (holds && self.diary.capacity[expert] > 0)
            || footprint(&self.context.experts[expert], one, self.context)
                .is_some_and(|it| self.diary.starts(expert, day, it).contains(slot.quarter()))
    }

    /// Returns a placement of this expert alone at the same time, if other consultations have chosen that time too.
    fn placement_to_share(
        &self,
        expert: usize,
        one: &PendingConsultation,
        day: usize,
        slot: Slot,
    ) -> Option<usize> {
        let wanted = footprint(&self.context.experts[expert], one, self.context)?;
        self.placements.iter().position(|it| {
            let same = it.day == day && it.quarter == slot.quarter() && !it.chosen_by.is_empty();
            let alone =
                matches!(it.members[..], [one] if one.expert == expert && !one.holds && one.takes(wanted));
            same && alone
        })
    }

    /// Adds a placement at the earliest time that an expert of each field shares. Of the experts who are free then, the
    /// placement gets those with the lowest load.
    fn joint(&mut self, one: &PendingConsultation, eligible: &Eligible) {
        let with = |fields: Fields| -> Vec<(usize, Footprint)> {
            let of_field =
                eligible.0.iter().filter(|it| eligible.of_expert(it.0).is_some_and(|it| it.0 == fields));
            of_field
                .filter_map(|it| Some((it.0, footprint(&self.context.experts[it.0], one, self.context)?)))
                .collect()
        };
        let (ict, labor) = (with(Fields::Ict), with(Fields::Labor));
        let days: Vec<_> = self.diary.window().collect();
        for day in days {
            let starts = |of: &[(usize, Footprint)]| {
                of.iter().fold(Day::NONE, |starts, it| starts.union(self.diary.starts(it.0, day, it.1)))
            };
            let shared = starts(&ict).intersection(starts(&labor)).intersection(Day::HALF_HOURS);
            let Some(quarter) = shared.first() else { continue };
            let lightest = |of: &[(usize, Footprint)]| {
                let free = of.iter().filter(|it| self.diary.starts(it.0, day, it.1).contains(quarter));
                free.min_by_key(|it| (self.load(it.0), it.0)).map(|it| (it.0, it.1, false))
            };
            if let (Some(ict), Some(labor)) = (lightest(&ict), lightest(&labor)) {
                self.push(day, quarter, &[ict, labor], Vec::new());
            }
            return;
        }
    }

    fn load(&self, place: usize) -> i64 {
        let expert = &self.context.experts[place];
        relative(
            expert,
            1000,
            i64::from(expert.load) + i64::from(self.diary.given[place] + self.count[place]),
        )
    }

    fn want(&mut self, one: &PendingConsultation, eligible: &Eligible) {
        for (place, _) in &eligible.0 {
            let alone = eligible.of_expert(*place).is_some_and(|it| it.0.covers(one.request.fields));
            if let Some(it) = footprint(&self.context.experts[*place], one, self.context).filter(|_| alone) {
                *self.wanted[*place].entry(it).or_default() += 1;
            }
        }
    }

    /// Cuts the remaining time into placements for single experts, the longest appointments first on each day; no more of
    /// a kind than are wanted.
    fn singles(&mut self) {
        let days: Vec<_> = self.diary.window().collect();
        for place in 0..self.context.experts.len() {
            let mut wanted = std::mem::take(&mut self.wanted[place]);
            for &day in &days {
                while let Some((footprint, quarter)) = wanted.keys().rev().find_map(|&footprint| {
                    let starts = self.diary.starts(place, day, footprint).intersection(Day::HALF_HOURS);
                    Some((footprint, starts.first()?))
                }) {
                    self.push(day, quarter, &[(place, footprint, false)], Vec::new());
                    let left = wanted.get(&footprint).map_or(0, |it| it - 1);
                    if left == 0 {
                        wanted.remove(&footprint);
                    } else {
                        wanted.insert(footprint, left);
                    }
                }
                if wanted.is_empty() || self.diary.capacity[place] == 0 {
                    break;
                }
            }
        }
    }
}

impl Placement {
    /// Returns whether a consultation may be given this placement.
    pub fn suits(
        &self,
        at: usize,
        one: &PendingConsultation,
        eligible: &Eligible,
        context: &PlanningContext<'_>,
    ) -> bool {
        if one.request.slot.is_some() || !self.chosen_by.is_empty() {
            return self.chosen_by.contains(&at);
        }
        if self.members.len() > 1 && one.request.fields != Fields::Both {
            return false;
        }
        let mut covered: Option<Fields> = None;
        for member in &self.members {
            let Some((covers, _)) = eligible.of_expert(member.expert) else { return false };
            let appointment = footprint(&context.experts[member.expert], one, context);
            if !appointment.is_some_and(|it| member.takes(it)) {
                return false;
            }
            covered = Some(covered.map_or(covers, |it| it.union(covers)));
        }
        covered.is_some_and(|it| it.covers(one.request.fields))
    }

    /// Returns the price in the points of `weights`; the documentation of the module `planning` says how it is
    /// composed.
    pub fn price(
        &self,
        one: &PendingConsultation,
        eligible: &Eligible,
        context: &PlanningContext<'_>,
        diary: &Diary,
        weights: &Weights,
    ) -> i64 {
        let ahead = i64::from(diary.days[self.day].ahead);
        // Of two consultations that can wait equally, the one that has waited longer gets the earlier time.
        let order = ahead * i64::from(one.waited.min(250)) / 10;
        let members = self.members.iter().map(|member| {
            let expert = &context.experts[member.expert];
            let appointments = expert.load + diary.given[member.expert] + member.nth;
            let load = relative(expert, weights.load, i64::from(appointments));
            let merits = eligible.of_expert(member.expert).map_or(0, |(_, it)| {
                i64::from(it.themes.min(5)) * 4
                    + i64::from(it.industry) * 3
                    + i64::from(it.same_prefecture) * 2
                    + i64::from(it.known_company)
            });
            load - weights.merit * merits / 4
        });
        ahead * weights.day + order + members.sum::<i64>()
    }

    /// Returns the placement reduced to the length of this consultation's appointment.
    pub fn for_one(&self, one: &PendingConsultation, context: &PlanningContext<'_>) -> Self {
        let members = self.members.iter().map(|it| PlacementMember {
            footprint: footprint(&context.experts[it.expert], one, context).unwrap_or(it.footprint),
            ..*it
        });
        Self { members: members.collect(), ..self.clone() }
    }

    /// Returns the line of the plan; `None` for a placement without a valid time, which is never made.
    pub fn line(
        &self,
        at: usize,
        context: &PlanningContext<'_>,
        diary: &Diary,
    ) -> Option<PlannedConsultation> {
        let id = |it: &PlacementMember| context.experts[it.expert].id;
        let team = match &self.members[..] {
            [one] => Team::One(id(one)),
            [ict, labor] => Team::Pair { ict: id(ict), labor: id(labor) },
            _ => return None,
        };
        let day = diary.days[self.day];
        Some(PlannedConsultation {
            waiting: at,
            team,
            slot: Slot::new(day.date, self.quarter)?,
            ahead: day.ahead,
        })
    }
}

/// Returns `points` times the load that `appointments` are, relative to the expert's capacity.
fn relative(expert: &Expert, points: i64, appointments: i64) -> i64 {
    match i64::from(expert.capacity) {
        0 => points * WITHOUT_CAPACITY * appointments.max(1),
        capacity => points * appointments / capacity,
    }
}

fn footprint(expert: &Expert, one: &PendingConsultation, context: &PlanningContext<'_>) -> Option<Footprint> {
    expert.footprint(one.mode, one.request.prefecture, context.settings)
}

impl PlacementMember {
    /// Returns whether such an appointment fits this placement.
    fn takes(&self, appointment: Footprint) -> bool {
        let placement = self.footprint;
        let fits = appointment.before <= placement.before
            && appointment.length <= placement.length
            && appointment.after <= placement.after;
        fits && (self.anywhere || appointment.site == placement.site)
    }
}

/// Returns the indices of a team's experts in the context, ICT first.
fn places(team: Team, experts: &[Expert], eligible: &Eligible) -> Vec<usize> {
    let ids = match team {
        Team::One(one) => vec![one],
        Team::Pair { ict, labor } => vec![ict, labor],
    };
    let place = |id| eligible.0.iter().map(|it| it.0).find(|it| experts[*it].id == id);
    ids.into_iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::{Footprint, PlacementMember};

    #[test]
    fn an_appointment_fits_if_no_part_of_it_is_longer() {
        let footprint = |before, length, after| Footprint { before, length, after, site: None };
        let member = PlacementMember {
            expert: 0,
            footprint: footprint(4, 8, 4),
            holds: false,
            anywhere: true,
            nth: 1,
        };
        assert!(member.takes(footprint(4, 8, 4)) && member.takes(footprint(0, 4, 1)));
        for longer in [footprint(5, 8, 4), footprint(4, 9, 4), footprint(4, 8, 5)] {
            assert!(!member.takes(longer), "{longer:?}");
        }
    }
}
