use chrono::{DateTime, Utc};
use codes::{CompanySize, Industry};

use super::{CompanyProfile, SimilarityReason, similar};
use crate::{
    prefecture::{Prefecture, Region},
    publication::example::{
        ExampleFacts,
        index::{
            ExampleIndex, IndexedExample,
            tests::{at, facts},
        },
    },
};

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

fn index(all: &[ExampleFacts]) -> ExampleIndex {
    let mut index = ExampleIndex::default();
    for (number, facts) in (1..).zip(all) {
        index.put(IndexedExample { at: at(number), until: None, facts, text: "例" });
    }
    index.settle();
    index
}

fn company() -> CompanyProfile {
    CompanyProfile {
        status: None,
        industry: Some(Industry::Manufacturing),
        size: Some(CompanySize::UpTo20),
        prefecture: Prefecture::from_code(5).ok(),
        themes: vec!["ict_network".to_owned(), "labor_rules".to_owned()],
    }
}

#[test]
fn the_likest_example_is_first_and_says_why() {
    let same = facts(2025);
    let region = ExampleFacts {
        prefecture: Prefecture::from_code(4).ok(),
        employees: Some(500),
        themes: Vec::new(),
        ..facts(2025)
    };
    let found = similar(&index(&[region, same]), &company(), now(), 5);
    assert_eq!(found.iter().map(|it| it.at.number).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        found[0].reasons,
        [
            SimilarityReason::Industry(Industry::Manufacturing),
            SimilarityReason::Themes(vec!["ict_network".to_owned()]),
            SimilarityReason::Size(CompanySize::UpTo20),
            SimilarityReason::Prefecture(Prefecture::from_code(5).unwrap()),
        ]
    );
    assert_eq!(found[1].reasons.last(), Some(&SimilarityReason::Region(Region::Tohoku)));
    let words: Vec<_> = found[0].reasons.iter().map(|it| it.words(|_| "ネットワーク".to_owned())).collect();
    assert_eq!(
        words,
        [
            "業種が同じ（製造業）",
            "テーマが同じ（ネットワーク）",
            "従業員数が近い（20人以下）",
            "所在地が同じ（秋田県）"
        ]
    );
}

#[test]
fn the_size_and_the_place_alone_make_no_likeness() {
    let other = ExampleFacts { industry: Industry::Retail, themes: Vec::new(), ..facts(2025) };
    assert_eq!(similar(&index(&[other]), &company(), now(), 5), []);
    let one_theme =
        ExampleFacts { industry: Industry::Retail, prefecture: None, employees: None, ..facts(2025) };
    assert_eq!(similar(&index(std::slice::from_ref(&one_theme)), &company(), now(), 5), []);
    let with_size = ExampleFacts { employees: Some(3), ..one_theme };
    assert_eq!(similar(&index(&[with_size]), &company(), now(), 5).len(), 1);
    assert_eq!(similar(&index(&[facts(2025)]), &CompanyProfile::default(), now(), 5), []);
}

#[test]
fn the_newest_come_first_among_equals_and_no_more_than_wanted() {
    let found = similar(&index(&vec![facts(2025); 9]), &company(), now(), 3);
    assert_eq!(found.iter().map(|it| it.at.number).collect::<Vec<_>>(), [9, 8, 7]);
}
