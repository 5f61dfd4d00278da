//! The starts at which a team can meet: several posts, each with the skills that its expert must have.
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

/// The highest number of posts of a team.
pub const MOST_POSTS: usize = 5;

/// A search for a team: m experts of n, one for each post, all different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamQuery {
    posts: Vec<Skills>,
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
    /// Returns a query for these posts among experts with these skills; `None` if there is no post or more than
    /// [`MOST_POSTS`].
    pub fn new(
        posts: Vec<Skills>,
        skills: Vec<Skills>,
        footprints: Vec<Option<Footprint>>,
        window: Window,
        starts: Day,
    ) -> Option<Self> {
        let few = (1..=MOST_POSTS).contains(&posts.len());
        few.then_some(Self { posts, skills, footprints, window, starts })
    }

    pub fn posts(&self) -> &[Skills] {
        &self.posts
    }

    /// Returns the posts that an expert with `skills` can take, one bit each.
    fn posts_for(&self, skills: Skills) -> usize {
        let bits = self.posts.iter().enumerate().filter(|(_, it)| skills.covers(**it));
        bits.fold(0, |posts, (n, _)| posts | 1 << n)
    }
}

/// The number of experts who are free at each quarter of a day, up to the number of posts: `0[k]` has the quarters at
/// which more than k are free.
#[derive(Clone, Copy)]
struct AtLeast([Day; MOST_POSTS]);

impl AtLeast {
    const NOBODY: Self = Self([Day::NONE; MOST_POSTS]);

    /// Adds one expert, who is free at `starts`. O(posts).
    fn add(&mut self, starts: Day) {
        for k in (1..MOST_POSTS).rev() {
            self.0[k] = self.0[k].union(self.0[k - 1].intersection(starts));
        }
        self.0[0] = self.0[0].union(starts);
    }

    /// Returns the counts of both groups together: at least n experts are free if, for some k, at least k of the
    /// first group and n - k of the second group are free. O(posts²).
    fn sum(self, other: Self) -> Self {
        let least = |it: &Self, n: usize| if n == 0 { Day::ALL } else { it.0[n - 1] };
        let mut sum = Self::NOBODY;
        for n in 1..=MOST_POSTS {
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
    /// O((experts × posts + 4^posts × posts²) × days): exact by Hall's theorem, without trying teams out.
    pub fn search_team(&self, ask: &TeamQuery) -> Vec<(NaiveDate, Day)> {
        self.days
            .iter()
            .map(|it| (it.date, self.team_starts_on(ask, it.date)))
            .filter(|(_, starts)| !starts.is_empty())
            .collect()
    }

    /// Returns the starts of one day at which every post can be taken by a different expert.
    ///
    /// That is possible if, for every set of posts, there are at least as many free experts who can take one of them
    /// as there are posts in the set (Hall). Experts are counted by the set of posts that they can take, all quarters
    /// at once. O(experts × posts + 4^posts × posts²).
    pub fn team_starts_on(&self, ask: &TeamQuery, date: NaiveDate) -> Day {
        let sets = 1_usize << ask.posts.len();
        let mut free = [AtLeast::NOBODY; 1 << MOST_POSTS];
        for (_, posts, starts) in self.candidates(ask, date, ask.starts) {
            free[posts].add(starts);
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

    /// Returns a team for `slot`, one expert for each post in the order of the posts. `slot` may lie between the
    /// starts on offer.
    ///
    /// Of the many possible teams, returns one that takes the experts in the order of the pool. O(experts × posts²).
    pub fn team_at(&self, ask: &TeamQuery, slot: Slot) -> Option<Vec<ExpertId>> {
        let free: Vec<_> = self.candidates(ask, slot.date(), Day(1 << slot.quarter())).collect();
        let mut taken: Vec<Option<usize>> = vec![None; ask.posts.len()];
        for person in 0..free.len() {
            // If no augmenting path from this person ends in an empty post now, there will be none later.
            give_post(person, &free, &mut taken, &mut 0);
        }
        let expert = |post: Option<usize>| free.get(post?).map(|it| self.members[it.0].expert);
        taken.into_iter().map(expert).collect()
    }

    /// Returns the experts who can take a post on `date`: their place, their posts as bits, and their starts among
    /// `starts`.
    fn candidates<'a>(
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
            let posts = ask.posts_for(*skills);
            (!starts.is_empty() && posts != 0).then_some((place, posts, starts))
        })
    }
}

/// Gives a person a post, and moves others to other posts if that makes room. Returns whether the person has a post.
fn give_post(
    person: usize,
    free: &[(usize, usize, Day)],
    taken: &mut [Option<usize>],
    tried: &mut usize,
) -> bool {
    for post in 0..taken.len() {
        if free[person].1 >> post & 1 == 0 || *tried >> post & 1 == 1 {
            continue;
        }
        *tried |= 1 << post;
        let moved = taken[post].is_none_or(|other| give_post(other, free, taken, tried));
        if moved {
            taken[post] = Some(person);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
