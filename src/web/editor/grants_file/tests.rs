use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    intake::company::Industry,
    publication::{
        Facts,
        guide::{CompanySize, GuideFacts, GuidePurpose},
    },
};

use super::{BadGrantsFile, FileContext, ImportRow, kept, rows};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn read(file: &str) -> Result<Vec<ImportRow>, BadGrantsFile> {
    let context = FileContext { themes: &[], today: day("2026-11-20"), known_grants: HashMap::new() };
    rows(&kept(file, day("2026-11-19"))?, &context)
}

fn facts(row: &ImportRow) -> &GuideFacts {
    let Facts::Guide(facts) = &row.read.as_ref().unwrap().content.facts else {
        panic!("no entry of the guide")
    };
    facts
}

#[test]
fn a_grant_of_the_list_and_one_of_the_details_become_entries() {
    let file = r#"[{"metadata": {}, "result": [{"id": "a01", "name": "S-1", "title": "在宅勤務の補助金",
        "target_area_search": "東京都 / 東北地方", "subsidy_max_limit": 1500000,
        "acceptance_start_datetime": "2026-11-01T00:00:00.000Z",
        "acceptance_end_datetime": "2026-12-25T15:00:00.000Z", "target_number_of_employees": "50名以下"}]},
        {"result": {"id": "a02", "title": "機器の補助金", "subsidy_catch_phrase": "機器を\n補助します",
        "industry": "製造業 / 卸売業、小売業", "use_purpose": "設備整備・IT導入をしたい / 人材育成を行いたい",
        "target_area_search": "全国", "target_number_of_employees": "従業員数の制約なし",
        "institution_name": "見本市", "application_form": [{"name": "a.pdf", "data": "AAAA"}],
        "front_subsidy_detail_page_url": "https://www.jgrants-portal.go.jp/subsidy/a02"}}]"#;
    let rows = read(file).unwrap();
    let first = facts(&rows[0]);
    assert_eq!(first.prefectures.len(), 7);
    assert_eq!(first.sizes, [CompanySize::UpTo20, CompanySize::UpTo100]);
    assert_eq!(first.note.as_ref().unwrap().as_str(), "対象の従業員数は50名以下です。");
    assert_eq!(first.gives.as_str(), "補助の上限は1,500,000円です。");
    assert_eq!((first.opens, first.closes), (Some(day("2026-11-01")), Some(day("2026-12-25"))));
    assert_eq!(first.valid_until, first.closes);
    assert_eq!(first.link.as_str(), "https://www.jgrants-portal.go.jp/subsidy/a01");
    let source = first.source.as_ref().unwrap();
    assert_eq!((source.key.as_str(), source.fetched_on), ("a01", day("2026-11-19")));
    let second = facts(&rows[1]);
    assert_eq!(second.industries, [Industry::Manufacturing, Industry::Wholesale, Industry::Retail]);
    assert_eq!(second.purposes, [GuidePurpose::Cost, GuidePurpose::Tools, GuidePurpose::Labor]);
    assert_eq!(second.gives.as_str(), "機器を 補助します");
    assert!(second.prefectures.is_empty() && second.sizes.is_empty());
}

#[test]
fn every_fault_of_a_grant_is_told_and_another_file_is_refused() {
    let file = r#"{"result": [{"id": "", "title": "", "target_area_search": "月面", "industry": "宇宙業",
        "target_number_of_employees": "たくさん", "acceptance_start_datetime": "来月"}]}"#;
    let faults = read(file).unwrap()[0].read.clone().unwrap_err().join("／");
    for words in ["見出しを入力", "月面", "宇宙業", "たくさん", "来月", "idを入力"] {
        assert!(faults.contains(words), "{words}: {faults}");
    }
    let refused = |file: &str| read(file).unwrap_err();
    assert_eq!(refused("a,b"), BadGrantsFile::NotGrants);
    assert_eq!(refused(r#"{"a": 1}"#), BadGrantsFile::NotGrants);
    assert_eq!(refused(r#"{"result": []}"#), BadGrantsFile::Empty);
    assert_eq!(refused("[[[[[]]]]]"), BadGrantsFile::NotGrants);
}
