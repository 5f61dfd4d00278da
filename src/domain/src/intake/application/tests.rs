use proptest::prelude::*;

use super::{Application, ApplicationForm, Intake};
use crate::{field::Fields, intake::company::Headcount};

fn filled() -> ApplicationForm {
    ApplicationForm {
        field: vec!["ict".into(), "labor".into()],
        theme: vec!["rules".into(), "network".into(), "rules".into()],
        description: "在宅勤務の\r\n時間管理".into(),
        mode: "either".into(),
        company_name: "株式会社みなと製作所".into(),
        company_kana: "みなとせいさくしょ".into(),
        organization: "kk".into(),
        postal_code: "１００－０００１".into(),
        prefecture: "13".into(),
        city: "千代田区".into(),
        street: "千代田1-1".into(),
        industry: "E".into(),
        employees: "２８人".into(),
        regular_employees: "25".into(),
        telework_status: "planned".into(),
        contact_name: "髙橋 﨑".into(),
        contact_kana: "タカハシ サキ".into(),
        email: "soumu@minato.example.co.jp".into(),
        phone: "０３ー１２３４−５６７８".into(),
        ..ApplicationForm::default()
    }
}

#[test]
fn a_filled_form_becomes_an_application_and_keeps_names_as_typed() {
    let application = Application::parse(&filled(), Intake::Company).unwrap();
    assert_eq!(application.topic.fields, Fields::Both);
    assert_eq!(application.topic.themes, ["network", "rules"]);
    assert_eq!(application.contact.name.as_str(), "髙橋 﨑");
    assert_eq!(application.company.employees.map(Headcount::get), Some(28));
    assert!(application.search_key().contains("みなと製作所") || application.search_key().contains("ミナト"));
}

#[test]
fn an_empty_form_names_everything_at_once_in_the_order_of_the_pages() {
    let mistakes = Application::parse(&ApplicationForm::default(), Intake::Company).unwrap_err();
    let fields: Vec<_> = mistakes.iter().map(|it| it.0).collect();
    assert_eq!(
        fields,
        [
            "field",
            "description",
            "mode",
            "company_name",
            "company_kana",
            "organization",
            "postal_code",
            "prefecture",
            "city",
            "street",
            "industry",
            "employees",
            "regular_employees",
            "telework_status",
            "contact_name",
            "contact_kana",
            "email",
            "phone",
        ]
    );
    assert_eq!(mistakes[0].1, "相談の分野を選択してください");
    assert_eq!(mistakes[3].1, "会社の正式名称を入力してください");
}

#[test]
fn a_clerk_on_the_telephone_needs_little() {
    let form = ApplicationForm {
        field: vec!["labor".into()],
        description: "在宅勤務の規程".into(),
        mode: "online".into(),
        company_name: "あおば".into(),
        contact_name: "佐藤".into(),
        phone: "022-123-4567".into(),
        ..ApplicationForm::default()
    };
    let application = Application::parse(&form, Intake::OnBehalf).unwrap();
    assert_eq!(application.company.prefecture, None);

    let unreachable = ApplicationForm { phone: String::new(), ..form };
    let mistakes = Application::parse(&unreachable, Intake::OnBehalf).unwrap_err();
    assert_eq!(mistakes, [("phone", "電話番号またはメールアドレスを入力してください".to_owned())]);
}

#[test]
fn a_contradictory_or_unknown_value_is_refused_at_its_field() {
    let form = ApplicationForm {
        field: vec!["ict".into(), "cooking".into()],
        regular_employees: "29".into(),
        prefecture: "48".into(),
        ..filled()
    };
    let mistakes = Application::parse(&form, Intake::Company).unwrap_err();
    let fields: Vec<_> = mistakes.iter().map(|it| it.0).collect();
    assert_eq!(fields, ["field", "prefecture", "regular_employees"]);
}

#[test]
fn all_employees_may_be_regular_ones() {
    let form = ApplicationForm { employees: "25".into(), regular_employees: "25".into(), ..filled() };
    let company = Application::parse(&form, Intake::Company).unwrap().company;
    assert_eq!(
        (company.employees, company.employees.map(Headcount::get)),
        (company.regular_employees, Some(25))
    );
}

#[test]
fn the_form_says_whether_its_box_is_ticked() {
    let consents = |consent: &str| ApplicationForm { consent: consent.into(), ..filled() }.consents();
    assert!(consents("on") && !consents("") && !consents("off"));
}

proptest! {
    /// Every input gives an application or mistakes, and each mistake is a sentence about a field of the
    /// form.
    #[test]
    fn nothing_typed_can_break_the_form(texts in prop::collection::vec(".{0,40}", 16)) {
        let mut it = texts.into_iter();
        let mut next = || it.next().unwrap_or_default();
        let form = ApplicationForm {
            field: vec![next()],
            description: next(),
            mode: next(),
            company_name: next(),
            company_kana: next(),
            corporate_number: next(),
            postal_code: next(),
            prefecture: next(),
            industry: next(),
            employees: next(),
            capital: next(),
            contact_name: next(),
            contact_kana: next(),
            email: next(),
            phone: next(),
            ..ApplicationForm::default()
        };
        for intake in [Intake::Company, Intake::OnBehalf] {
            let mistakes = Application::parse(&form, intake).unwrap_err();
            prop_assert!(mistakes.iter().all(|it| !it.1.is_empty()));
        }
    }
}
