use chrono::NaiveDate;
use proptest::prelude::*;

use super::{BadCaseNumber, BadFiscalYear, CaseNumber, FiscalYear};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_fiscal_year_starts_in_april() {
    for (date, start) in [
        ("2026-03-31", 2025),
        ("2026-04-01", 2026),
        ("2026-12-31", 2026),
        ("2027-01-01", 2026),
        ("2027-03-31", 2026),
        ("2019-04-01", 2019),
        ("2099-03-31", 2098),
    ] {
        assert_eq!(FiscalYear::of(day(date)).map(FiscalYear::start_year), Ok(start), "{date}");
    }
    assert_eq!(FiscalYear::of(day("2019-03-31")), Err(BadFiscalYear));
    assert_eq!(FiscalYear::of(day("2099-04-01")), Err(BadFiscalYear));
    assert_eq!(FiscalYear::of(NaiveDate::MIN), Err(BadFiscalYear));
    let year = FiscalYear::new(2026).unwrap();
    assert_eq!((year.first_day(), year.last_day()), (day("2026-04-01"), day("2027-03-31")));
    assert_eq!(year.label(), "令和8年度（2026年度）");
    assert_eq!(FiscalYear::FIRST.label(), "令和元年度（2019年度）");
    assert_eq!(year.next().map(FiscalYear::start_year), Ok(2027));
    assert_eq!(FiscalYear::FIRST.previous(), Err(BadFiscalYear));
    assert!(serde_json::from_str::<FiscalYear>("1999").is_err());
}

#[test]
fn a_fiscal_year_contains_its_first_and_its_last_day_and_none_beyond() {
    let year = FiscalYear::new(2026).unwrap();
    for (date, contained) in
        [("2026-03-31", false), ("2026-04-01", true), ("2027-03-31", true), ("2027-04-01", false)]
    {
        assert_eq!(year.contains(day(date)), contained, "{date}");
    }
}

#[test]
fn a_case_number_is_read_as_people_type_it() {
    for typed in
        ["R08-000123", "r08-000123", "Ｒ０８－０００１２３", "R08000123", "R8-123", " r08 ー 000123 "]
    {
        let number = CaseNumber::parse(typed);
        assert_eq!(number.map(|it| it.to_string()), Ok("R08-000123".to_owned()), "{typed}");
    }
    for typed in [
        "",
        "R",
        "R08",
        "08-000123",
        "R08-000000",
        "R00-000001",
        "R81-000001",
        "R08-1234567",
        "R0800123",
        "R008-1",
        "H31-000001",
        "R08-12a",
        "R-08-1",
        "R08-+1",
        "R0８あ000",
        "R08-000123-1",
        "Rあいa",
    ] {
        assert_eq!(CaseNumber::parse(typed), Err(BadCaseNumber), "{typed}");
    }
    assert_eq!(
        "R08-000123".parse::<CaseNumber>().map(|it| (it.fiscal_year().start_year(), it.serial())),
        Ok((2026, 123))
    );
}

#[test]
fn case_numbers_follow_each_other() {
    let numbers: Vec<CaseNumber> = ["R07-999999", "R08-000001", "R08-000010", "R10-000001"]
        .iter()
        .map(|it| it.parse().unwrap())
        .collect();
    assert!(numbers.is_sorted());
}

proptest! {
    #[test]
    fn a_case_number_is_read_back(year in 2019..=2098_i32, serial in 1..=CaseNumber::LAST_SERIAL) {
        let number = CaseNumber::new(FiscalYear::new(year).unwrap(), serial).unwrap();
        prop_assert_eq!(CaseNumber::parse(&number.to_string()), Ok(number));
        prop_assert_eq!(CaseNumber::parse(&number.to_string().replace('-', "")), Ok(number));
        let json = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
    }

    #[test]
    fn every_day_is_in_its_fiscal_year(days in 0..29_000_u64) {
        let date = FiscalYear::FIRST.first_day() + chrono::Days::new(days);
        prop_assert!(FiscalYear::of(date).is_ok_and(|it| it.contains(date)));
    }

    #[test]
    fn any_text_is_parsed_or_refused(raw in any::<String>()) {
        let _ = CaseNumber::parse(&raw);
    }
}

#[test]
fn a_fiscal_year_is_shown_and_stored_by_the_year_in_which_it_starts() {
    let year = FiscalYear::new(2026).unwrap();
    assert_eq!((i32::from(year), year.to_string()), (2026, year.label()));
    assert_eq!(serde_json::to_string(&year).unwrap(), "2026");
}
