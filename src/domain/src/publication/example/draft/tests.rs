use codes::{Field, Industry};

use super::{ConsultedCompany, NO_SUMMARY, PrivateWords, TextRefused, erased};
use crate::{
    publication::{Content, Facts},
    text::{Prose, TextLine},
};

fn company() -> ConsultedCompany {
    ConsultedCompany {
        name: "株式会社みなと製作所".to_owned(),
        prefecture: None,
        industry: Industry::from_code("E"),
        employees: Some(28),
        themes: Vec::new(),
        fields: vec![Field::Ict],
        description: "勤怠を紙で記録しています。".to_owned(),
        advice: "一つの部署から始めることを勧めました。".to_owned(),
    }
}

fn today() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
}

/// Returns the draft as an editor has written it, with these measures.
fn written(measures: &str) -> Content {
    let draft = company().draft(false, today()).unwrap();
    let Facts::Example(mut facts) = draft.facts else { panic!("no example") };
    facts.summary = TextLine::parse("", "紙の勤怠の記録をやめました。", 100).unwrap();
    facts.measures = Prose::parse("", measures, 1_000).unwrap();
    Content { facts: Facts::Example(facts), ..draft }
}

fn private() -> PrivateWords {
    PrivateWords {
        companies: vec!["株式会社みなと製作所".to_owned()],
        people: vec!["田中 一郎".to_owned(), String::new(), "林".to_owned()],
        addresses: vec!["Tanaka@example.co.jp".to_owned()],
        phones: vec!["03-1234-5678".to_owned(), "110".to_owned()],
    }
}

#[test]
fn a_draft_without_the_name_has_no_word_of_the_company() {
    let draft = company().draft(false, today()).unwrap();
    assert_eq!(draft.title.as_str(), "製造業の企業（名称は非公開）のテレワーク");
    assert_eq!(private().check(&draft), Err(TextRefused::Unwritten));
    let Facts::Example(facts) = &draft.facts else { panic!("no example") };
    assert_eq!(facts.summary.as_str(), NO_SUMMARY);
    let named = company().draft(true, today()).unwrap();
    assert_eq!(named.title.as_str(), "株式会社みなと製作所のテレワーク");
}

#[test]
fn a_long_application_becomes_a_draft() {
    let long = ConsultedCompany { description: "あ".repeat(5_000), advice: String::new(), ..company() };
    let long = ConsultedCompany { name: "長".repeat(300), ..long };
    assert!(long.draft(true, today()).is_ok());
}

#[test]
fn words_about_people_are_found_however_they_are_written() {
    let check = |text: &str| private().check(&written(text));
    assert_eq!(check("一つの部署から段階的に始めました。"), Ok(()));
    assert_eq!(check("みなと製作所では、便利になりました。"), Err(TextRefused::CompanyName));
    assert_eq!(check("担当の田中一郎さんが始めました。"), Err(TextRefused::PersonName));
    assert_eq!(check("問い合わせ：ｔａｎａｋａ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ"), Err(TextRefused::ContactData));
    assert_eq!(check("電話は03（1234）5678です。"), Err(TextRefused::ContactData));
    // A name of one character and a short number are part of too many words.
    assert_eq!(check("林業の110人の会社です。"), Ok(()));
}

#[test]
fn the_name_is_allowed_if_the_company_wants_it() {
    let named = PrivateWords { companies: Vec::new(), ..private() };
    assert_eq!(named.check(&written("みなと製作所では、便利になりました。")), Ok(()));
}

#[test]
fn nothing_is_left_of_an_erased_text() {
    let left = erased(2026).unwrap();
    let Facts::Example(facts) = &left.facts else { panic!("no example") };
    assert_eq!((left.body, facts.prefecture, facts.employees), (None, None, None));
    assert_eq!(facts.organization.as_str(), "掲載を取りやめました");
    assert!(facts.themes.is_empty() && facts.pictures.is_empty() && facts.before.is_none());
}
