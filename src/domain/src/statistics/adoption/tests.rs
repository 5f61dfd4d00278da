use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};

use super::{
    AdoptionDimension, AdoptionFigure, AdoptionForm, LoadedFigure, SurveyStage, categories, current, shipped,
};

fn form() -> AdoptionForm {
    AdoptionForm {
        survey: "令和6年通信利用動向調査".to_owned(),
        year: "２０２４".to_owned(),
        stage: "確報".to_owned(),
        as_of: "2024年8月".to_owned(),
        dimension: "地域".to_owned(),
        category: "九州沖縄".to_owned(),
        base: "常用雇用者100人以上の企業".to_owned(),
        companies: "1,234".to_owned(),
        rate: "38.2%".to_owned(),
        source_title: "報告書".to_owned(),
        source_address: "https://www.example.go.jp/".to_owned(),
    }
}

#[test]
fn a_row_is_read_as_people_write_it() {
    let it = AdoptionFigure::parse(&form()).unwrap();
    assert_eq!((it.year, it.stage, it.as_of.as_deref()), (2024, SurveyStage::Final, Some("2024-08")));
    assert_eq!((it.category.as_str(), it.group()), ("kyushu_okinawa", "九州・沖縄"));
    assert_eq!((it.companies, it.rate, it.percent().as_deref()), (Some(1_234), Some(382), Some("38.2%")));
}

#[test]
fn every_mistake_of_a_row_is_named() {
    let wrong = AdoptionForm {
        survey: String::new(),
        year: "令和6".to_owned(),
        stage: "暫定".to_owned(),
        as_of: "2024-13".to_owned(),
        category: "中部".to_owned(),
        companies: "約1000".to_owned(),
        rate: "101".to_owned(),
        source_address: String::new(),
        ..form()
    };
    let fields: Vec<_> = AdoptionFigure::parse(&wrong).unwrap_err().into_iter().map(|it| it.0).collect();
    let expected = ["survey", "year", "stage", "as_of", "category", "companies", "rate", "source_address"];
    assert_eq!(fields, expected);
    for rate in ["47.35", "-1", "4.", "半分", ""] {
        let wrong = AdoptionForm { rate: rate.to_owned(), ..form() };
        assert!(AdoptionFigure::parse(&wrong).is_err(), "{rate}");
    }
}

#[test]
fn a_number_of_companies_has_no_rate() {
    let census = AdoptionForm { dimension: "企業数（地域）".to_owned(), ..form() };
    assert!(AdoptionFigure::parse(&census).is_err());
    let census = AdoptionForm { rate: String::new(), ..census };
    assert_eq!(AdoptionFigure::parse(&census).map(|it| it.rate), Ok(None));
    assert!(AdoptionFigure::parse(&AdoptionForm { companies: String::new(), ..census }).is_err());
}

#[test]
fn shipped_figures_have_a_source_and_none_is_of_a_region() {
    let all = shipped();
    let keys: BTreeSet<_> = all.iter().map(AdoptionFigure::key).collect();
    assert_eq!(keys.len(), all.len());
    for it in &all {
        assert!(!it.source.title.is_empty() && !it.source.address.is_empty() && it.rate.is_some());
        assert!(!matches!(it.dimension, AdoptionDimension::Region | AdoptionDimension::Area));
        assert!(categories(it.dimension).iter().any(|(code, _)| *code == it.category), "{it:?}");
    }
    // The rates of 2022 and 2023 are known from no source that was read.
    assert!(all.iter().all(|it| ![2022, 2023].contains(&it.year)));
}

#[test]
fn the_figure_that_was_loaded_last_counts() {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let figure = AdoptionFigure::parse(&form()).unwrap();
    let later = AdoptionFigure { rate: Some(390), ..figure.clone() };
    let preliminary = AdoptionFigure { stage: SurveyStage::Preliminary, ..figure.clone() };
    let loaded = |figure: &AdoptionFigure, days: i64| LoadedFigure {
        figure: figure.clone(),
        loaded: Some((at + TimeDelta::days(days), "管理者".to_owned())),
    };
    let found = current(vec![loaded(&later, 2), loaded(&figure, 1), loaded(&preliminary, 0)]);
    assert_eq!(found.iter().map(|it| it.figure.rate).collect::<Vec<_>>(), [Some(390), Some(382)]);
}
