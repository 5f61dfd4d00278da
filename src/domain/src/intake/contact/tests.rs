use proptest::prelude::*;

use super::{BadEmailAddress, BadTelephone, EmailAddress, Telephone};

#[test]
fn addresses_that_mail_can_be_sent_to() {
    for (raw, expected) in [
        ("name@example.jp", "name@example.jp"),
        ("　Name.Tag+1@Example.CO.JP ", "Name.Tag+1@example.co.jp"),
        ("ｎａｍｅ＠ｅｘａｍｐｌｅ．ｊｐ", "name@example.jp"),
        ("a..b.@example.ne.jp", "a..b.@example.ne.jp"),
        (".o'neil@example.jp", ".o'neil@example.jp"),
        ("a@xn--eckwd4c7c.example", "a@xn--eckwd4c7c.example"),
    ] {
        assert_eq!(EmailAddress::parse(raw).map(String::from), Ok(expected.to_owned()), "{raw}");
    }
    let address = EmailAddress::parse("Name@Example.jp").unwrap();
    assert_eq!((address.as_str(), address.key().as_str()), ("Name@example.jp", "name@example.jp"));
    assert_eq!(address.to_string(), "Name@example.jp");
}

#[test]
fn an_address_that_could_reach_another_person_is_refused() {
    for raw in [
        "name",
        "@example.jp",
        "name@",
        "name@localhost",
        "name@example..jp",
        "name@-example.jp",
        "name@.jp",
        "name@example.jp.",
        "a@b@example.jp",
        "a b@example.jp",
        "a@exam ple.jp",
        "a,b@example.jp",
        "a@example.jp,b@example.jp",
        "<a@example.jp>",
        "\"a b\"@example.jp",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@example.jp\r\nBcc: b@example.jp",
        "a\u{0}@example.jp",
        "山田@example.jp",
        "a@例え.jp",
        "a@ex_ample.jp",
        "a(b)@example.jp",
        "a;b@example.jp",
        "a@example.jp>",
        "a\u{200B}@example.jp",
    ] {
        assert_eq!(EmailAddress::parse(raw), Err(BadEmailAddress::Malformed), "{raw:?}");
    }
    assert_eq!(EmailAddress::parse(" 　"), Err(BadEmailAddress::Missing));
    assert!(EmailAddress::parse(&format!("{}@example.jp", "a".repeat(64))).is_ok());
    assert!(EmailAddress::parse(&format!("{}@example.jp", "a".repeat(65))).is_err());
    assert!(EmailAddress::parse(&format!("a@{}example.jp", "abcdefgh.".repeat(28))).is_err());
}

#[test]
fn telephone_numbers_are_kept_as_typed_and_as_digits() {
    for (raw, digits) in [
        ("03-1234-5678", "0312345678"),
        ("０３ー１２３４−５６７８", "0312345678"),
        ("(03)1234-5678", "0312345678"),
        ("03.1234.5678", "0312345678"),
        ("060-1234-5678", "06012345678"),
        ("0120-000-000", "0120000000"),
        ("0800-000-0000", "08000000000"),
        ("+81 3-1234-5678", "0312345678"),
        ("＋81 (0)90 1234 5678", "09012345678"),
        ("012345678", "012345678"),
    ] {
        let telephone = Telephone::parse(&format!(" {raw}　")).unwrap();
        assert_eq!((telephone.as_str(), telephone.digits()), (raw, digits));
    }
    let over_40_long = format!("0{}312345678", "-".repeat(40));
    for raw in [
        "1234567890",
        "03-1234-567a",
        "01234567",
        "090123456789",
        "+1 212 555 0100",
        "内線12",
        "03+12345678",
        "03\n1234\t5678",
        "-",
        &over_40_long,
    ] {
        assert_eq!(Telephone::parse(raw), Err(BadTelephone::Malformed), "{raw:?}");
    }
    assert_eq!(Telephone::parse("　"), Err(BadTelephone::Missing));
    assert_eq!(Telephone::parse("03-1234-5678"), Telephone::parse("+81312345678"));
    assert_ne!(Telephone::parse("03-1234-5678"), Telephone::parse("03-1234-5679"));
    assert_eq!(BadTelephone::Malformed.to_string(), "電話番号は、10桁または11桁の数字で入力してください");
}

proptest! {
    #[test]
    fn an_address_cannot_break_a_header(raw in any::<String>()) {
        if let Ok(address) = EmailAddress::parse(&raw) {
            prop_assert!(address.as_str().is_ascii());
            prop_assert!(!address.as_str().contains(|it: char| it.is_control() || " ,<>;\"".contains(it)));
        }
    }

    #[test]
    fn an_address_is_read_back(local in "[A-Za-z0-9.+_-]{1,20}", host in "[A-Za-z0-9]{1,10}\\.(jp|CO\\.JP)") {
        let address = EmailAddress::parse(&format!("{local}@{host}")).unwrap();
        prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
        prop_assert!(address.as_str().starts_with(&local));
    }

    #[test]
    fn a_telephone_number_survives_storage(raw in "[+]?[0-9０-９ー() -]{0,20}") {
        if let Ok(telephone) = Telephone::parse(&raw) {
            let json = serde_json::to_string(&telephone).unwrap();
            let back: Telephone = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.as_str(), telephone.as_str());
            prop_assert_eq!(back.digits(), telephone.digits());
        }
    }
}

#[test]
fn a_telephone_number_is_shown_in_one_form_whatever_was_typed() {
    for (raw, expected) in [
        ("０３（１２３４）５６７８", "03-1234-5678"),
        ("+81 3 1234 5678", "03-1234-5678"),
        ("0451234567", "045-123-4567"),
        ("046-312-3456", "0463-12-3456"),
        ("0126712345", "01267-1-2345"),
        ("0120123456", "0120-123-456"),
        ("0429201234", "04-2920-1234"),
        ("0982212345", "0982-21-2345"),
        ("0250212345", "0250-21-2345"),
        ("090.1234.5678", "090-1234-5678"),
        ("08001234567", "0800-123-4567"),
        ("012345678", "012345678"),
    ] {
        let telephone = Telephone::parse(raw).unwrap();
        assert_eq!(telephone.grouped(), expected, "{raw}");
        assert_eq!(Telephone::parse(expected).unwrap(), telephone, "{raw}");
    }
}

#[test]
fn a_telephone_number_is_written_as_it_was_typed() {
    assert_eq!(Telephone::parse(" 03.1234.5678 ").unwrap().to_string(), "03.1234.5678");
}
