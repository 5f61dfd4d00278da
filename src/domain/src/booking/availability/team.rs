//! The starts at which a team can meet: several seats, each with the skills that its expert must have.
use super::day::Day;
use super::footprint::Footprint;
use super::pool::Pool;
use super::quarter::Slot;
use super::search::Window;
use crate::field::{Field, Fields};
use crate::id::ExpertId;
use chrono::NaiveDate;

/// Skills as bits. The first two are the fields; the caller gives the others their meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skills(pub u64);

impl Skills {
    pub const NONE: Self = Self(0);

    /// Returns whether every skill of `other` is one of these.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds the skill `n`, 2 to 63; any other `n` changes nothing.
    pub const fn with(self, n: u8) -> Self {
        if n < 2 || n > 63 { self } else { Self(self.0 | 1 << n) }
    }
}

impl From<Fields> for Skills {
    fn from(fields: Fields) -> Self {
        Self(u64::from(fields.contains(Field::Ict)) | u64::from(fields.contains(Field::Labor)) << 1)
    }
}

/// The highest number of seats of a team.
pub const MOST_SEATS: usize = 5;

/// A search for a team: m experts of n, one for each seat, all different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamQuery {
    seats: Vec<Skills>,
    /// The skills of each expert, at their place in the pool; the fields are bits 0 and 1, if they matter.
    pub skills: Vec<Skills>,
    /// The part of each expert's day that an appointment takes, as in [`super::SlotQuery`]; `None` for an expert who
    /// is not among the n.
    pub footprints: Vec<Option<Footprint>>,
    pub window: Window,
    /// The starts to offer.
    pub starts: Day,
}

impl TeamQuery {
    /// Returns a query for these seats among experts with these skills; `None` if there is no seat or more than
    /// [`MOST_SEATS`].
    pub fn new(
        seats: Vec<Skills>,
        skills: Vec<Skills>,
        footprints: Vec<Option<Footprint>>,
        window: Window,
        starts: Day,
    ) -> Option<Self> {
        let few = (1..=MOST_SEATS).contains(&seats.len());
        few.then_some(Self { seats, skills, footprints, window, starts })
    }

    pub fn seats(&self) -> &[Skills] {
        &self.seats
    }

    /// Returns the seats that an expert with `skills` can take, one bit each.
    fn seats_for(&self, skills: Skills) -> usize {
        let bits = self.seats.iter().enumerate().filter(|(_, it)| skills.covers(**it));
        bits.fold(0, |seats, (n, _)| seats | 1 << n)
    }
}

/// The number of experts who are free at each quarter of a day, up to the number of seats: `0[k]` has the quarters at
/// which more than k are free.
#[derive(Clone, Copy)]
struct AtLeast([Day; MOST_SEATS]);

impl AtLeast {
    const NOBODY: Self = Self([Day::NONE; MOST_SEATS]);

    /// Adds one expert, who is free at `starts`. O(seats).
    fn add(&mut self, starts: Day) {
        for k in (1..MOST_SEATS).rev() {
            self.0[k] = self.0[k].union(self.0[k - 1].intersection(starts));
        }
        self.0[0] = self.0[0].union(starts);
    }

    /// Returns the counts of both groups together: at least n experts are free if, for some k, at least k of the
    /// first group and n - k of the second group are free. O(seats²).
    fn sum(self, other: Self) -> Self {
        let least = |it: &Self, n: usize| if n == 0 { Day::ALL } else { it.0[n - 1] };
        let mut sum = Self::NOBODY;
        for n in 1..=MOST_SEATS {
            sum.0[n - 1] = (0..=n).fold(Day::NONE, |day, mine| {
                day.union(least(&self, mine).intersection(least(&other, n - mine)))
            });
        }
        sum
    }
}

impl Pool {
    /// Returns the days on which such a team can meet, earliest first, each with its starts.
    ///
    /// O((experts × seats + 4^seats × seats²) × days): exact by Hall's theorem, without trying teams out.
    pub fn search_team(&self, ask: &TeamQuery) -> Vec<(NaiveDate, Day)> {
        self.days
            .iter()
            .map(|it| (it.date, self.team_starts_on(ask, it.date)))
            .filter(|(_, starts)| !starts.is_empty())
            .collect()
    }

    /// Returns the starts of one day at which every seat can be taken by a different expert.
    ///
    /// That is possible if, for every set of seats, there are at least as many free experts who can take one of them
    /// as there are seats in the set (Hall). Experts are counted by the set of seats that they can take, all quarters
    /// at once. O(experts × seats + 4^seats × seats²).
    pub fn team_starts_on(&self, ask: &TeamQuery, date: NaiveDate) -> Day {
        let sets = 1_usize << ask.seats.len();
        let mut free = [AtLeast::NOBODY; 1 << MOST_SEATS];
        for (_, seats, starts) in self.seated(ask, date, ask.starts) {
            free[seats].add(starts);
        }
        (1..sets).fold(ask.starts, |starts, set| {
            if starts.is_empty() {
                return starts;
            }
            let able = (1..sets).filter(|it| it & set != 0);
            let able = able.fold(AtLeast::NOBODY, |sum, it| sum.sum(free[it]));
            starts.intersection(able.0[set.count_ones() as usize - 1])
        })
    }

    /// Returns a team for `slot`, one expert for each seat in the order of the seats. `slot` may lie between the
    /// starts on offer.
    ///
    /// Of the many possible teams, returns one that takes the experts in the order of the pool. O(experts × seats²).
    pub fn team_at(&self, ask: &TeamQuery, slot: Slot) -> Option<Vec<ExpertId>> {
        let free: Vec<_> = self.seated(ask, slot.date(), Day(1 << slot.quarter())).collect();
        let mut taken: Vec<Option<usize>> = vec![None; ask.seats.len()];
        for person in 0..free.len() {
            // If no augmenting path from this person ends in an empty seat now, there will be none later.
            seat_person(person, &free, &mut taken, &mut 0);
        }
        let expert = |seat: Option<usize>| free.get(seat?).map(|it| self.members[it.0].expert);
        taken.into_iter().map(expert).collect()
    }

    /// Returns the experts who can take a seat on `date`: their place, their seats as bits, and their starts among
    /// `starts`.
    fn seated<'a>(
        &'a self,
        ask: &'a TeamQuery,
        date: NaiveDate,
        starts: Day,
    ) -> impl Iterator<Item = (usize, usize, Day)> + 'a {
        let cells =
            self.day(date).filter(|_| ask.window.contains(date)).map_or(&[][..], |day| self.cells(day));
        let wanted = ask.footprints.iter().zip(&ask.skills);
        cells.iter().zip(wanted).enumerate().filter_map(move |(place, (cell, (footprint, skills)))| {
            if cell.open.is_empty() {
                return None;
            }
            let starts = self.starts(cell, (*footprint)?).intersection(starts);
            let seats = ask.seats_for(*skills);
            (!starts.is_empty() && seats != 0).then_some((place, seats, starts))
        })
    }
}

/// Seats a person, and moves others to other seats if that makes room. Returns whether the person has a seat.
fn seat_person(
    person: usize,
    free: &[(usize, usize, Day)],
    taken: &mut [Option<usize>],
    tried: &mut usize,
) -> bool {
    for seat in 0..taken.len() {
        if free[person].1 >> seat & 1 == 0 || *tried >> seat & 1 == 1 {
            continue;
        }
        *tried |= 1 << seat;
        let moved = taken[seat].is_none_or(|other| seat_person(other, free, taken, tried));
        if moved {
            taken[seat] = Some(person);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
