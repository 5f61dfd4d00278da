//! The index of all public examples, in memory: words are looked for by pairs of characters, because Japanese writes no
//! blanks between words, and most words have two characters.
//!
//! A word is found in an example if one line of its text has every pair of neighbouring characters of the word somewhere
//! in the example. Every text that contains the word is found; a few that have its pairs in other places are found as well.
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::Hash,
};

use chrono::{DateTime, Utc};
use codes::{CompanySize, Industry};

use super::{ExampleFacts, ExampleRef, posting::Posting};
use crate::{id::PublicationId, prefecture::Prefecture, text::text_key};

/// The value of a facet that an example does not have.
const NONE: u16 = u16::MAX;
/// A value that no example has.
const UNKNOWN: u16 = u16::MAX - 1;

const INDUSTRY: usize = 0;
const SIZE: usize = 1;
const PREFECTURE: usize = 2;
const AWARD: usize = 3;
const YEAR: usize = 4;
/// The facets of which an example has at most one value.
const SINGLE: usize = 5;
/// The facet of which an example may have several values.
const THEME: usize = SINGLE;

/// A visitor's search. `None`: any value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExampleSearch {
    /// Words separated by blanks; an example must have all of them.
    pub words: String,
    pub industry: Option<Industry>,
    pub size: Option<CompanySize>,
    pub prefecture: Option<Prefecture>,
    pub theme: Option<String>,
    pub award: Option<String>,
    pub year: Option<i32>,
    /// Only examples that won an award.
    pub is_awarded: bool,
}

/// The examples that were found. Each facet has the values that the other conditions leave, with their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundExamples {
    pub total: usize,
    /// The examples of the wanted page, newest first.
    pub page: Vec<ExampleRef>,
    pub industries: Vec<(Industry, usize)>,
    pub sizes: Vec<(CompanySize, usize)>,
    pub prefectures: Vec<(Prefecture, usize)>,
    pub themes: Vec<(String, usize)>,
    pub awards: Vec<(String, usize)>,
    /// Newest first.
    pub years: Vec<(i32, usize)>,
}

/// An example with the text in which words are looked for.
#[derive(Clone, Copy, Debug)]
pub struct IndexedExample<'a> {
    pub at: ExampleRef,
    pub until: Option<DateTime<Utc>>,
    pub facts: &'a ExampleFacts,
    pub text: &'a str,
}

#[derive(Clone, Debug)]
pub struct ExampleIndex {
    /// The pairs of characters, each with the slots of the examples that have it.
    pairs: HashMap<(char, char), Posting>,
    slots: Vec<ExampleSlot>,
    /// The slot of each example. An example that changed has a new slot; its old one is dead.
    places: HashMap<PublicationId, u32>,
    /// The live slots, newest first.
    order: Vec<u32>,
    themes: Names<String>,
    awards: Names<String>,
    years: Names<i32>,
}

#[derive(Clone, Debug)]
pub(super) struct ExampleSlot {
    pub(super) at: ExampleRef,
    until: Option<DateTime<Utc>>,
    values: [u16; SINGLE],
    themes: Box<[u16]>,
    is_live: bool,
}

/// Values that occur, each with the number by which slots know it.
#[derive(Clone, Debug)]
struct Names<T> {
    all: Vec<T>,
    numbers: HashMap<T, u16>,
}

impl<T: Clone + Eq + Hash> Names<T> {
    fn new() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }

    /// Returns the number of a value, a new one if need be. Values beyond what fits have none.
    fn number(&mut self, value: &T) -> u16 {
        if let Some(known) = self.numbers.get(value) {
            return *known;
        }
        let Some(new) = u16::try_from(self.all.len()).ok().filter(|it| *it < UNKNOWN) else { return NONE };
        self.all.push(value.clone());
        self.numbers.insert(value.clone(), new);
        new
    }

    fn wanted(&self, value: Option<&T>) -> Option<u16> {
        value.map(|it| self.numbers.get(it).copied().unwrap_or(UNKNOWN))
    }

    /// Returns the values that were counted.
    fn counted(&self, counts: &[usize]) -> Vec<(T, usize)> {
        let all = self.all.iter().cloned().zip(counts.iter().copied());
        all.filter(|(_, count)| *count > 0).collect()
    }
}

impl Default for ExampleIndex {
    fn default() -> Self {
        Self {
            pairs: HashMap::new(),
            slots: Vec::new(),
            places: HashMap::new(),
            order: Vec::new(),
            themes: Names::new(),
            awards: Names::new(),
            years: Names::new(),
        }
    }
}

impl ExampleIndex {
    /// Adds an example, or replaces it. `settle` has to follow before the next search.
    pub fn put(&mut self, it: IndexedExample<'_>) {
        self.remove(it.at.id);
        let Ok(place) = u32::try_from(self.slots.len()) else { return };
        for line in it.text.lines() {
            for pair in pairs_of(&text_key(line)) {
                self.pairs.entry(pair).or_default().push(place);
            }
        }
        let facts = it.facts;
        let mut values = [NONE; SINGLE];
        values[INDUSTRY] = position(&Industry::ALL, facts.industry);
        values[SIZE] = facts.size().map_or(NONE, |it| position(&CompanySize::ALL, it));
        values[PREFECTURE] = facts.prefecture.map_or(NONE, |it| u16::from(it.code()));
        values[AWARD] = facts.award.as_ref().map_or(NONE, |it| self.awards.number(&it.as_str().to_owned()));
        values[YEAR] = self.years.number(&facts.year);
        let themes: BTreeSet<_> = facts.themes.iter().map(|it| self.themes.number(it)).collect();
        let themes = themes.into_iter().filter(|it| *it != NONE).collect();
        self.slots.push(ExampleSlot { at: it.at, until: it.until, values, themes, is_live: true });
        self.places.insert(it.at.id, place);
    }

    /// Removes an example, if it is there. `settle` has to follow before the next search.
    pub fn remove(&mut self, id: PublicationId) {
        let place = self.places.remove(&id).and_then(|it| usize::try_from(it).ok());
        if let Some(slot) = place.and_then(|it| self.slots.get_mut(it)) {
            slot.is_live = false;
        }
    }

    /// Puts the examples in order after changes.
    pub fn settle(&mut self) {
        let live = (0_u32..).zip(&self.slots).filter(|(_, slot)| slot.is_live);
        let mut keyed: Vec<_> = live.map(|(place, slot)| (slot.at.from, slot.at.number, place)).collect();
        keyed.sort_unstable_by(|a, b| b.cmp(a));
        self.order = keyed.into_iter().map(|(_, _, place)| place).collect();
    }

    /// Returns whether it has no example.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns whether more of the index is dead than alive, so that it should be made anew.
    pub fn is_worn(&self) -> bool {
        self.slots.len() > 2 * self.places.len() + 1_000
    }

    /// Returns the examples that are public at `now` and fit, `most` of them after the first `skipped`.
    pub fn search(
        &self,
        wish: &ExampleSearch,
        now: DateTime<Utc>,
        skipped: usize,
        most: usize,
    ) -> FoundExamples {
        let wanted = self.wanted(wish);
        let theme = self.themes.wanted(wish.theme.as_ref());
        let having = self.having(&wish.words);
        let mut counts = self.no_counts();
        let (mut total, mut page) = (0, Vec::new());
        for (place, slot) in self.visible(now) {
            if having.as_ref().is_some_and(|it| !it.has(place)) || wish.is_awarded && !slot.is_awarded() {
                continue;
            }
            match slot.misses(&wanted, theme) {
                Misses::Nothing => {
                    if total >= skipped && page.len() < most {
                        page.push(slot.at);
                    }
                    total += 1;
                    (0..=THEME).for_each(|facet| slot.count(facet, &mut counts));
                }
                Misses::Only(facet) => slot.count(facet, &mut counts),
                Misses::More => {}
            }
        }
        self.found(total, page, &counts)
    }

    /// Returns the examples that are public at `now`, newest first, each with its place.
    pub(super) fn visible(&self, now: DateTime<Utc>) -> impl Iterator<Item = (u32, &ExampleSlot)> {
        let slots = self.order.iter().filter_map(|place| {
            let slot = self.slots.get(usize::try_from(*place).ok()?)?;
            Some((*place, slot))
        });
        slots.filter(move |(_, it)| {
            it.is_live && it.at.from <= now && it.until.is_none_or(|until| now < until)
        })
    }

    /// Returns the number of a theme; one that no example has has none.
    pub(super) fn theme_number(&self, code: &str) -> Option<u16> {
        self.themes.numbers.get(code).copied()
    }

    fn wanted(&self, wish: &ExampleSearch) -> [Option<u16>; SINGLE] {
        let mut wanted = [None; SINGLE];
        wanted[INDUSTRY] = wish.industry.map(|it| position(&Industry::ALL, it));
        wanted[SIZE] = wish.size.map(|it| position(&CompanySize::ALL, it));
        wanted[PREFECTURE] = wish.prefecture.map(|it| u16::from(it.code()));
        wanted[AWARD] = self.awards.wanted(wish.award.as_ref());
        wanted[YEAR] = self.years.wanted(wish.year.as_ref());
        wanted
    }

    /// Returns the places whose texts have all words; `None` if there is no word.
    fn having(&self, words: &str) -> Option<Places> {
        let mut wanted: BTreeSet<(char, char)> = BTreeSet::new();
        let mut found: Option<Places> = None;
        for word in words.split_whitespace().map(text_key) {
            match one_character(&word) {
                Some(it) => narrow(&mut found, self.with_character(it)),
                None => wanted.extend(pairs_of(&word)),
            }
        }
        let postings: Option<Vec<_>> = wanted.iter().map(|it| self.pairs.get(it)).collect();
        let Some(mut postings) = postings else { return Some(self.nowhere()) };
        postings.sort_by_key(|it| it.count());
        for posting in postings {
            let mut places = self.nowhere();
            posting.numbers().for_each(|it| places.add(it));
            narrow(&mut found, places);
        }
        found
    }

    /// Returns the places whose texts have this character.
    fn with_character(&self, wanted: char) -> Places {
        let mut places = self.nowhere();
        let postings = self.pairs.iter().filter(|((one, other), _)| *one == wanted || *other == wanted);
        postings.for_each(|(_, it)| it.numbers().for_each(|it| places.add(it)));
        places
    }

    fn nowhere(&self) -> Places {
        Places(vec![0; self.slots.len().div_ceil(64)])
    }

    fn no_counts(&self) -> Counts {
        [
            vec![0; Industry::ALL.len()],
            vec![0; CompanySize::ALL.len()],
            vec![0; 48],
            vec![0; self.awards.all.len()],
            vec![0; self.years.all.len()],
            vec![0; self.themes.all.len()],
        ]
    }

    fn found(&self, total: usize, page: Vec<ExampleRef>, counts: &Counts) -> FoundExamples {
        let [industries, sizes, prefectures, awards, years, themes] = counts;
        let prefecture = |(code, count): (u8, &usize)| Some((Prefecture::from_code(code).ok()?, *count));
        let mut found = FoundExamples {
            total,
            page,
            industries: some(&Industry::ALL, industries),
            sizes: some(&CompanySize::ALL, sizes),
            prefectures: (0..).zip(prefectures).filter_map(prefecture).filter(|(_, it)| *it > 0).collect(),
            themes: self.themes.counted(themes),
            awards: self.awards.counted(awards),
            years: self.years.counted(years),
        };
        found.years.sort_unstable_by(|a, b| b.cmp(a));
        found.awards.sort_unstable();
        found.themes.sort_unstable();
        found
    }
}

/// The numbers of the values of each facet.
type Counts = [Vec<usize>; SINGLE + 1];

/// The facets in which an example differs from what is looked for.
enum Misses {
    Nothing,
    Only(usize),
    More,
}

impl ExampleSlot {
    const fn is_awarded(&self) -> bool {
        self.values[AWARD] != NONE
    }

    pub(super) fn industry(&self) -> Option<Industry> {
        Industry::ALL.get(usize::from(self.values[INDUSTRY])).copied()
    }

    pub(super) fn size(&self) -> Option<CompanySize> {
        CompanySize::ALL.get(usize::from(self.values[SIZE])).copied()
    }

    pub(super) fn prefecture(&self) -> Option<Prefecture> {
        Prefecture::from_code(u8::try_from(self.values[PREFECTURE]).ok()?).ok()
    }

    pub(super) fn has_theme(&self, number: u16) -> bool {
        self.themes.contains(&number)
    }

    fn misses(&self, wanted: &[Option<u16>; SINGLE], theme: Option<u16>) -> Misses {
        let mut missed = Misses::Nothing;
        let single =
            wanted.iter().zip(self.values).map(|(wanted, it)| wanted.is_none_or(|wanted| wanted == it));
        let of_theme = theme.is_none_or(|it| self.has_theme(it));
        for (facet, _) in single.chain([of_theme]).enumerate().filter(|(_, fits)| !fits) {
            missed = match missed {
                Misses::Nothing => Misses::Only(facet),
                Misses::Only(_) | Misses::More => return Misses::More,
            };
        }
        missed
    }

    /// Counts the values that the example has of one facet.
    fn count(&self, facet: usize, counts: &mut Counts) {
        let of_facet = match self.values.get(facet) {
            Some(value) => std::slice::from_ref(value),
            None => &self.themes,
        };
        let Some(counts) = counts.get_mut(facet) else { return };
        for value in of_facet {
            if let Some(count) = counts.get_mut(usize::from(*value)) {
                *count += 1;
            }
        }
    }
}

/// A set of places.
struct Places(Vec<u64>);

impl Places {
    fn add(&mut self, place: u32) {
        if let Some(bits) = self.0.get_mut(word_of(place)) {
            *bits |= 1 << (place % 64);
        }
    }

    fn has(&self, place: u32) -> bool {
        self.0.get(word_of(place)).is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }
}

fn word_of(place: u32) -> usize {
    usize::try_from(place / 64).unwrap_or(usize::MAX)
}

/// Keeps of `found` what is in `places` too.
fn narrow(found: &mut Option<Places>, places: Places) {
    match found {
        Some(found) => found.0.iter_mut().zip(&places.0).for_each(|(it, other)| *it &= other),
        None => *found = Some(places),
    }
}

/// Returns the pairs of neighbours of a key. A single character makes a pair with nothing, so that it is found too.
fn pairs_of(key: &str) -> Vec<(char, char)> {
    if let Some(it) = one_character(key) {
        return vec![(it, '\0')];
    }
    key.chars().zip(key.chars().skip(1)).collect()
}

fn one_character(key: &str) -> Option<char> {
    let mut characters = key.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn position<T: Copy + PartialEq>(all: &[T], value: T) -> u16 {
    let found = all.iter().position(|it| *it == value);
    found.and_then(|it| u16::try_from(it).ok()).unwrap_or(NONE)
}

fn some<T: Copy>(all: &[T], counts: &[usize]) -> Vec<(T, usize)> {
    all.iter().copied().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
}

/// Returns the years of the awards in an index: each year that has winners at `now`, newest first, with their number.
pub fn award_years(index: &ExampleIndex, now: DateTime<Utc>) -> BTreeMap<i32, usize> {
    let wish = ExampleSearch { is_awarded: true, ..ExampleSearch::default() };
    index.search(&wish, now, 0, 0).years.into_iter().collect()
}

#[cfg(test)]
pub(super) mod tests;
