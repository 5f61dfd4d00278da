use super::{Evidence, Identity, company_domain, is_evident};

fn minato() -> Identity {
    Identity {
        corporate_number: Some("1234567890123".to_owned()),
        name: "株式会社みなと製作所".to_owned(),
        reading: "ミナトセイサクショ".to_owned(),
        city: "港区".to_owned(),
        street: "見本1-2-3".to_owned(),
        telephone: "0300000000".to_owned(),
        person: "田中 一郎".to_owned(),
        mail_address: "tanaka@minato.example.co.jp".to_owned(),
    }
}

#[test]
fn everything_that_agrees_is_named_strongest_first() {
    let found = minato().evidence(&minato());
    assert_eq!(found.len(), 8);
    assert!(found.is_sorted());
    assert!(!found.contains(&Evidence::Company), "that is known from the rows alone");
}

#[test]
fn spelling_and_legal_form_make_no_difference() {
    let other = Identity {
        name: "みなと製作所（株）".to_owned(),
        street: "見本１－２－３".to_owned(),
        person: "田中一郎".to_owned(),
        ..Identity::default()
    };
    assert_eq!(minato().evidence(&other), [Evidence::Name, Evidence::Person]);
    let there = Identity { city: "港区".to_owned(), ..other };
    assert_eq!(minato().evidence(&there), [Evidence::Name, Evidence::Address, Evidence::Person]);
}

#[test]
fn a_missing_fact_is_no_evidence() {
    assert_eq!(Identity::default().evidence(&Identity::default()), []);
    assert_eq!(minato().evidence(&Identity::default()), []);
}

#[test]
fn an_address_that_anybody_can_have_says_nothing_of_the_company() {
    let at = |address: &str| Identity { mail_address: address.to_owned(), ..Identity::default() };
    assert_eq!(at("a@gmail.com").evidence(&at("b@gmail.com")), []);
    assert_eq!(at("a@gmail.com").evidence(&at("a@gmail.com")), [Evidence::MailAddress]);
    assert_eq!(at("a@example.co.jp").evidence(&at("b@example.co.jp")), [Evidence::MailDomain]);
    assert_eq!(company_domain("nobody"), None);
    assert_eq!(company_domain("a@cap.ocn.ne.jp"), None, "an address below a provider's domain");
    assert_eq!(company_domain("a@notocn.ne.jp"), Some("notocn.ne.jp"));
}

#[test]
fn one_weak_fact_alone_does_not_suggest_one_company() {
    assert!(!is_evident(&[]));
    assert!(!is_evident(&[Evidence::Person]));
    assert!(!is_evident(&[Evidence::MailDomain]));
    assert!(is_evident(&[Evidence::Name]));
    assert!(is_evident(&[Evidence::Telephone, Evidence::Person]));
}
