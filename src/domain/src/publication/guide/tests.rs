use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::{
    CompanySize, GuideAnswers, GuideCondition, GuideFacts, GuideKind, GuidePurpose, Hidden, Reception,
    TeleworkStatus,
};
use crate::{
    prefecture::Prefecture,
    publication::{Facts, news::WebAddress},
    text::TextLine,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 100).unwrap()
}

pub fn grant() -> GuideFacts {
    GuideFacts {
        office: line("厚生労働省"),
        kind: GuideKind::Grant,
        gives: line("費用の一部"),
        for_local_government: false,
        sizes: vec![CompanySize::UpTo20, CompanySize::UpTo100],
        prefectures: Vec::new(),
        industries: Vec::new(),
        statuses: Vec::new(),
        purposes: vec![GuidePurpose::Cost],
        opens: None,
        closes: None,
        link: WebAddress::parse("https://www.example.jp/").unwrap(),
        checked_on: day("2026-11-20"),
        valid_until: None,
        note: None,
        source: None,
    }
}

#[test]
fn stored_facts_are_read_as_they_were() {
    let facts = Facts::Guide(GuideFacts { prefectures: Prefecture::all().take(2).collect(), ..grant() });
    let stored = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&stored).unwrap(), facts, "{stored}");
}

#[test]
fn an_entry_hides_after_its_last_valid_day_and_when_its_check_is_older_than_the_setting() {
    let entry = GuideFacts { valid_until: Some(day("2026-11-30")), ..grant() };
    assert_eq!(entry.hidden(day("2026-11-30"), 90), None);
    assert_eq!(entry.hidden(day("2026-12-01"), 90), Some(Hidden::Invalid));
    assert_eq!(grant().hidden(day("2026-11-20") + Days::new(90), 90), None);
    assert_eq!(grant().hidden(day("2026-11-20") + Days::new(91), 90), Some(Hidden::Unchecked));
}

#[test]
fn the_days_of_application_are_inclusive() {
    let entry = GuideFacts { opens: Some(day("2026-12-01")), closes: Some(day("2026-12-10")), ..grant() };
    for (today, expected) in [
        ("2026-11-30", Reception::Upcoming),
        ("2026-12-01", Reception::Open),
        ("2026-12-10", Reception::Open),
        ("2026-12-11", Reception::Closed),
    ] {
        assert_eq!(entry.reception(day(today)), expected, "{today}");
    }
    assert_eq!(grant().reception(day("2026-12-11")), Reception::Always);
    let from = GuideFacts { opens: Some(day("2026-12-01")), ..grant() };
    assert_eq!(from.reception(day("2030-01-01")), Reception::Open);
}

#[test]
fn an_answer_meets_a_condition_or_excludes_the_entry_and_no_answer_leaves_it_open() {
    let today = day("2026-11-20");
    let answers = GuideAnswers { size: Some(CompanySize::UpTo100), ..GuideAnswers::default() };
    let found = grant().matching(&answers, today).unwrap();
    assert_eq!(found.met, [GuideCondition::Size(Some(CompanySize::UpTo100))]);
    assert_eq!(found.open, [GuideCondition::Purpose(None)]);
    assert!(!found.is_whole());
    let answers = GuideAnswers { purpose: Some(GuidePurpose::Cost), ..answers };
    assert!(grant().matching(&answers, today).unwrap().is_whole());
    let answers = GuideAnswers { size: Some(CompanySize::Over300), ..answers };
    assert_eq!(grant().matching(&answers, today), None);
}

#[test]
fn a_closed_entry_is_to_be_checked_and_one_for_local_governments_fits_no_company() {
    let today = day("2026-11-20");
    let answers = GuideAnswers {
        size: Some(CompanySize::UpTo20),
        purpose: Some(GuidePurpose::Cost),
        ..GuideAnswers::default()
    };
    let closed = GuideFacts { closes: Some(day("2026-11-19")), ..grant() };
    assert_eq!(closed.matching(&answers, today).unwrap().open, [GuideCondition::Reception]);
    assert_eq!(GuideFacts { for_local_government: true, ..grant() }.matching(&answers, today), None);
}

proptest! {
    /// An answer more can exclude an entry or close an open condition, but never brings one back.
    #[test]
    fn a_further_answer_never_widens_the_result(
        sizes in prop::collection::vec(prop::sample::select(CompanySize::ALL.to_vec()), 0..4),
        statuses in prop::collection::vec(prop::sample::select(TeleworkStatus::ALL.to_vec()), 0..4),
        prefectures in prop::collection::vec((1..=47_u8).prop_map(|it| Prefecture::try_from(it).unwrap()), 0..4),
        size in prop::option::of(prop::sample::select(CompanySize::ALL.to_vec())),
        status in prop::sample::select(TeleworkStatus::ALL.to_vec()),
        prefecture in prop::option::of((1..=47_u8).prop_map(|it| Prefecture::try_from(it).unwrap())),
    ) {
        let today = day("2026-11-20");
        let entry = GuideFacts { sizes, statuses, prefectures, ..grant() };
        let fewer = GuideAnswers { prefecture, size, ..GuideAnswers::default() };
        let more = GuideAnswers { status: Some(status), ..fewer };
        match (entry.matching(&fewer, today), entry.matching(&more, today)) {
            (None, after) => prop_assert_eq!(after, None),
            (Some(before), Some(after)) => {
                prop_assert!(after.open.len() <= before.open.len());
                prop_assert!(after.met.len() >= before.met.len());
            }
            (Some(_), None) => prop_assert!(!entry.statuses.contains(&status)),
        }
    }
}
