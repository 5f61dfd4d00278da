use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{ExampleIndex, ExampleSearch, IndexedExample};
use crate::{
    id::PublicationId,
    prefecture::Prefecture,
    publication::example::{CompanySize, ExampleFacts, ExampleRef, Industry},
    text::{Prose, TextLine, text_key},
};

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

pub(in crate::publication::example) fn facts(year: i32) -> ExampleFacts {
    let line = |text: &str| TextLine::parse("", text, 100).unwrap();
    ExampleFacts {
        organization: line("見本製作所"),
        prefecture: Prefecture::from_code(5).ok(),
        industry: Industry::Manufacturing,
        employees: Some(12),
        themes: vec!["ict_network".to_owned()],
        fields: Vec::new(),
        summary: line("事務を在宅勤務にしました。"),
        key_effect: None,
        before: None,
        measures: Prose::parse("", "端末を配りました。", 100).unwrap(),
        effects: None,
        quotation: None,
        quoted: None,
        year,
        award: None,
        link: None,
        source: line("見本"),
        pictures: Vec::new(),
    }
}

pub(in crate::publication::example) fn at(number: i32) -> ExampleRef {
    let id = PublicationId(Uuid::from_u128(u128::from(number.unsigned_abs())));
    ExampleRef { id, number, revision: 2, from: now() - TimeDelta::days(1) }
}

fn index(texts: &[&str]) -> ExampleIndex {
    let mut index = ExampleIndex::default();
    for (number, text) in (1..).zip(texts) {
        index.put(IndexedExample { at: at(number), until: None, facts: &facts(2025), text });
    }
    index.settle();
    index
}

fn found(index: &ExampleIndex, words: &str) -> Vec<i32> {
    let wish = ExampleSearch { words: words.to_owned(), ..ExampleSearch::default() };
    index.search(&wish, now(), 0, 100).page.iter().map(|it| it.number).collect()
}

#[test]
fn words_are_found_however_they_are_written() {
    let index = index(&["テレワークの規程を整えました", "㈱ＡＢＣのＶＰＮ", "農業\n建設"]);
    assert_eq!(found(&index, "ﾃﾚﾜｰｸ"), [1]);
    assert_eq!(found(&index, "てれわーく　規程"), [1]);
    assert_eq!(found(&index, "abc vpn"), [2]);
    assert_eq!(found(&index, "農業"), [3]);
    assert_eq!(found(&index, "農"), [3]);
    assert_eq!(found(&index, "業建"), [] as [i32; 0], "a word does not go over the end of a line");
    assert_eq!(found(&index, "テレワーク 農業"), [] as [i32; 0]);
    assert_eq!(found(&index, "  "), [3, 2, 1], "newest first");
}

#[test]
fn an_example_is_found_in_its_period_alone_and_not_after_it_was_removed() {
    let mut index = index(&["一つ目の例"]);
    let ends = now() + TimeDelta::hours(1);
    let later = ExampleRef { from: now() + TimeDelta::hours(2), ..at(3) };
    index.put(IndexedExample { at: at(2), until: Some(ends), facts: &facts(2024), text: "二つ目の例" });
    index.put(IndexedExample { at: later, until: None, facts: &facts(2024), text: "三つ目の例" });
    index.settle();
    let numbers = |index: &ExampleIndex, at: DateTime<Utc>| -> Vec<_> {
        let page = index.search(&ExampleSearch::default(), at, 0, 10).page;
        page.iter().map(|it| it.number).collect()
    };
    assert_eq!(numbers(&index, now()), [2, 1]);
    assert_eq!(numbers(&index, ends), [1]);
    assert_eq!(numbers(&index, later.from), [3, 1]);
    index.remove(at(1).id);
    index.settle();
    assert_eq!(numbers(&index, now()), [2]);
}

#[test]
fn each_facet_counts_what_the_other_conditions_leave() {
    let mut index = ExampleIndex::default();
    let award = TextLine::parse("", "見本賞", 20).unwrap();
    for (number, year) in [(1, 2023), (2, 2024), (3, 2024)] {
        let facts = ExampleFacts {
            industry: if number == 1 { Industry::Retail } else { Industry::Manufacturing },
            award: (number == 3).then(|| award.clone()),
            ..facts(year)
        };
        index.put(IndexedExample { at: at(number), until: None, facts: &facts, text: "例" });
    }
    index.settle();
    let wish = ExampleSearch { year: Some(2024), ..ExampleSearch::default() };
    let found = index.search(&wish, now(), 0, 10);
    assert_eq!(found.total, 2);
    assert_eq!(found.industries, [(Industry::Manufacturing, 2)]);
    assert_eq!(found.years, [(2024, 2), (2023, 1)], "another year can be chosen");
    assert_eq!(found.awards, [("見本賞".to_owned(), 1)]);
    assert_eq!(found.sizes, [(CompanySize::UpTo20, 2)]);
    assert_eq!(found.themes, [("ict_network".to_owned(), 2)]);
    let wish = ExampleSearch { industry: Some(Industry::Retail), ..wish };
    let found = index.search(&wish, now(), 0, 10);
    assert_eq!((found.total, found.years), (0, vec![(2023, 1)]));
    let awarded = ExampleSearch { is_awarded: true, ..ExampleSearch::default() };
    assert_eq!(index.search(&awarded, now(), 0, 10).page, [at(3)]);
    let unknown = ExampleSearch { theme: Some("none".to_owned()), ..ExampleSearch::default() };
    assert_eq!(index.search(&unknown, now(), 0, 10).total, 0);
}

proptest! {
    /// No example that contains the word is missing, whatever changed before.
    #[test]
    fn every_text_that_contains_the_word_is_found(
        texts in prop::collection::vec("[あいうabA １\n]{0,12}", 1..12),
        replaced in prop::collection::vec((0..12_usize, "[あいうab]{0,6}"), 0..6),
        word in "[あいうａb]{1,4}",
    ) {
        let mut texts = texts;
        let mut index = index(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        for (place, text) in replaced {
            if place >= texts.len() {
                continue;
            }
            let number = i32::try_from(place).unwrap() + 1;
            index.put(IndexedExample { at: at(number), until: None, facts: &facts(2025), text: &text });
            texts[place] = text;
        }
        index.settle();
        let found = found(&index, &word);
        let key = text_key(&word);
        for (number, text) in (1..).zip(&texts) {
            if text.lines().any(|line| text_key(line).contains(&key)) {
                prop_assert!(found.contains(&number), "{word} in {text}");
            }
            let alone: Vec<_> = text.lines().flat_map(|line| super::pairs_of(&text_key(line))).collect();
            let has_all = super::pairs_of(&key).iter().all(|pair| alone.contains(pair));
            if found.contains(&number) && key.chars().count() > 1 {
                prop_assert!(has_all, "{word} in {text}");
            }
        }
    }
}
