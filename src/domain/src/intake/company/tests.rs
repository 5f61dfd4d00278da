use proptest::prelude::*;

use super::{
    BadCapital, BadCorporateNumber, BadHeadcount, BadPostalCode, Capital, Choice, CorporateNumber, Headcount,
    Industry, Mode, NotChosen, Organization, PostalCode, TeleworkStatus,
};

#[test]
fn the_check_digit_is_the_ordinances() {
    for valid in
        ["7000012050002", "1180301018771", "4011001098993", "1000011000005", "1000012010003", "5111101000006"]
    {
        assert_eq!(CorporateNumber::parse(valid).map(|it| it.to_string()), Ok(valid.to_owned()));
    }
    for slip in ["8000012050002", "1180301018772", "0000012050002"] {
        assert_eq!(CorporateNumber::parse(slip), Err(BadCorporateNumber::CheckDigit), "{slip}");
    }
    for other in ["", "700001205000", "70000120500021", "700001205000a", "-", "法人番号", "+700001205000"]
    {
        assert_eq!(CorporateNumber::parse(other), Err(BadCorporateNumber::NotThirteenDigits), "{other}");
    }
    let typed = CorporateNumber::parse("７０００−０１２０ー５０００２");
    assert_eq!(typed, CorporateNumber::parse("7000012050002"));
    assert_eq!(BadCorporateNumber::CheckDigit.to_string(), "法人番号の数字が正しいか確認してください");
}

#[test]
fn numbers_are_stored_as_digits() {
    let number = CorporateNumber::parse("7000012050002").unwrap();
    assert_eq!(serde_json::to_string(&number).unwrap(), "\"7000012050002\"");
    assert!(serde_json::from_str::<CorporateNumber>("\"8000012050002\"").is_err());
    let code = PostalCode::parse("0010002").unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), "\"0010002\"");
    assert_eq!(serde_json::from_str::<PostalCode>("\"0010002\"").unwrap(), code);
    assert!(serde_json::from_str::<Headcount>("10000001").is_err());
    assert_eq!(serde_json::from_str::<Capital>("5").unwrap().yen(), 5);
}

#[test]
fn a_postal_code_has_seven_digits() {
    for typed in ["123-4567", "〒123-4567", "１２３ー４５６７", "1234567", " 123 4567 "] {
        let code = PostalCode::parse(typed);
        assert_eq!(code.map(|it| it.to_string()), Ok("〒123-4567".to_owned()), "{typed}");
    }
    for typed in ["123-456", "12345678", "abc-defg", "123456a"] {
        assert_eq!(PostalCode::parse(typed), Err(BadPostalCode::NotSevenDigits), "{typed}");
    }
    for typed in ["", "　", "〒", "-"] {
        assert_eq!(PostalCode::parse(typed), Err(BadPostalCode::Missing), "{typed}");
    }
}

#[test]
fn a_headcount_is_a_whole_number_of_people() {
    let label = "従業員数";
    for (typed, expected) in [("１，２３４人", 1_234), ("0", 0), (" 28 名", 28), ("10,000,000", 10_000_000)]
    {
        assert_eq!(Headcount::parse(label, typed).map(Headcount::get), Ok(expected), "{typed}");
    }
    for typed in ["-5", "－5", "1.5", "約30", "人", "+3", "(3)", "三"] {
        assert_eq!(Headcount::parse(label, typed), Err(BadHeadcount::NotACount { label }), "{typed}");
    }
    for typed in ["10000001", "99999999999999999999"] {
        assert_eq!(Headcount::parse(label, typed), Err(BadHeadcount::TooMany { label }), "{typed}");
    }
    assert_eq!(Headcount::parse(label, " "), Err(BadHeadcount::Missing { label }));
    assert_eq!(BadHeadcount::NotACount { label }.to_string(), "従業員数は、0以上の整数で入力してください");
    assert_eq!(Headcount::parse(label, "1234").map(|it| it.to_string()), Ok("1,234人".to_owned()));
}

#[test]
fn capital_is_read_in_the_units_people_use() {
    for (typed, yen) in [
        ("10,000,000", 10_000_000),
        ("１０００万円", 10_000_000),
        ("1億2,000万円", 120_000_000),
        ("1億2000万5円", 120_000_005),
        ("3千万円", 30_000_000),
        ("5百万円", 5_000_000),
        ("3千5百万", 35_000_000),
        ("300千円", 300_000),
        ("2兆円", 2_000_000_000_000),
        ("0円", 0),
    ] {
        assert_eq!(Capital::parse(typed).map(Capital::yen), Ok(yen), "{typed}");
    }
    for typed in
        ["", "円", "万円", "1.5億円", "-1", "1000万ドル", "1万2億", "1億億", "9999999999999999999兆円"]
    {
        assert_eq!(Capital::parse(typed), Err(BadCapital), "{typed}");
    }
    assert_eq!(Capital::parse("1000万").map(|it| it.to_string()), Ok("10,000,000円".to_owned()));
}

#[test]
fn every_choice_is_found_by_its_code_alone() {
    fn check<T: Copy + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned>(
        all: &[T],
        code: impl Fn(T) -> &'static str,
        from_code: impl Fn(&str) -> Option<T>,
    ) {
        for (n, &it) in all.iter().enumerate() {
            assert_eq!(from_code(code(it)), Some(it));
            assert_eq!(serde_json::to_string(&it).unwrap(), format!("\"{}\"", code(it)));
            assert_eq!(serde_json::from_str::<T>(&format!("\"{}\"", code(it))).unwrap(), it);
            assert!(all[..n].iter().all(|&other| code(other) != code(it)));
        }
        for wrong in ["", "I", "Z", "0", "オンライン"] {
            assert_eq!(from_code(wrong), None);
        }
    }
    check(&Industry::ALL, Industry::code, Industry::from_code);
    check(&Organization::ALL, Organization::code, Organization::from_code);
    check(&TeleworkStatus::ALL, TeleworkStatus::code, TeleworkStatus::from_code);
    check(&Mode::ALL, Mode::code, Mode::from_code);
    assert_eq!((Industry::ALL.len(), TeleworkStatus::ALL.len(), Mode::ALL.len()), (21, 4, 3));
    assert_eq!(Industry::parse("").map_err(|err| err.to_string()), Err("業種を選択してください".to_owned()));
    assert_eq!(Mode::parse(" online "), Ok(Mode::Online));
    assert_eq!(Mode::parse("phone"), Err(NotChosen("実施方法")));
    let divisions: String = Industry::ALL.iter().map(|it| it.division()).collect();
    assert_eq!(divisions, "ABCDEFGHIIJKLMNOPQRST");
    assert!(Organization::StockCompany.has_capital() && !Organization::Npo.has_capital());
    assert!(!Organization::SoleProprietor.has_corporate_number());
}

proptest! {
    #[test]
    fn a_made_corporate_number_can_be_read(base in 0..2_000_000_000_000_u64) {
        let number = CorporateNumber::from_base(base);
        prop_assert_eq!(CorporateNumber::parse(&number.to_string()), Ok(number));
    }

    /// Only 0 and 9 can be confused without detection, since they have the same weight modulo 9.
    #[test]
    fn a_slip_in_one_digit_is_noticed(base in 0..1_000_000_000_000_u64, place in 0..13_usize, digit in 0..10_u8) {
        let number = CorporateNumber::from_base(base).to_string();
        let was = number.as_bytes()[place] - b'0';
        let slip = format!("{}{digit}{}", &number[..place], &number[place + 1..]);
        if was % 9 != digit % 9 {
            prop_assert_eq!(CorporateNumber::parse(&slip), Err(BadCorporateNumber::CheckDigit));
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(raw in any::<String>()) {
        let _ = (CorporateNumber::parse(&raw), PostalCode::parse(&raw), Headcount::parse("x", &raw));
        let _ = Capital::parse(&raw);
    }

    #[test]
    fn a_shown_capital_can_be_typed_again(yen in 0..=Capital::MAX) {
        let capital = Capital::try_from(yen).unwrap();
        prop_assert_eq!(Capital::parse(&capital.to_string()), Ok(capital));
    }
}

#[test]
fn a_number_follows_from_the_last_twelve_digits_of_its_base() {
    let number = CorporateNumber::parse("7000012050002").unwrap();
    assert_eq!(CorporateNumber::from_base(12_050_002), number);
    assert_eq!(CorporateNumber::from_base(3_000_012_050_002), number);
}

#[test]
fn an_amount_is_stored_as_its_number() {
    assert_eq!(u32::from(Headcount::parse("従業員数", "28").unwrap()), 28);
    let capital = Capital::parse("1000万").unwrap_or_else(|_| Capital::parse("10000000").unwrap());
    assert_eq!(u64::from(capital), capital.yen());
}
