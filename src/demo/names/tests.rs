use std::collections::BTreeSet;

use domain::{
    aftercare::report::ReportBody,
    field::Fields,
    intake::{
        application::{Application, ApplicationForm, Intake},
        company::{Industry, Organization},
    },
    prefecture::Prefecture,
    theme::SHIPPED,
};

use super::{company, description, organization, person, place, report};

#[test]
fn every_invented_company_could_apply() {
    for (n, &industry) in Industry::ALL.iter().cycle().take(1000).enumerate() {
        let organization = organization(industry, n);
        let (company, contact) = (company(industry, organization, n), person(n));
        let prefecture = Prefecture::all().nth(n % 47).unwrap();
        let place = place(prefecture, n);
        let form = ApplicationForm {
            field: vec!["ict".into()],
            description: description(Fields::Ict, n).1.into(),
            mode: "online".into(),
            company_name: company.name,
            company_kana: company.kana.clone(),
            organization: organization.code().into(),
            postal_code: place.postal_code,
            prefecture: prefecture.code().to_string(),
            city: place.city.into(),
            street: place.street,
            building: place.building,
            industry: industry.code().into(),
            employees: "20".into(),
            regular_employees: "10".into(),
            telework_status: "planned".into(),
            contact_name: contact.name,
            contact_kana: contact.kana,
            email: "contact@example.jp".into(),
            phone: "03-0000-0000".into(),
            ..ApplicationForm::default()
        };
        let application = Application::parse(&form, Intake::Company).unwrap();
        assert_eq!(application.company.kana.map(|it| it.to_string()), Some(company.kana));
    }
}

#[test]
fn there_are_enough_names_and_no_theme_is_unknown() {
    let company = |n| company(Industry::Manufacturing, Organization::StockCompany, n).name;
    assert!((0..1000).map(company).collect::<BTreeSet<_>>().len() >= 150);
    assert!((0..40).map(|n| person(n).name).collect::<BTreeSet<_>>().len() == 40);
    let texts: BTreeSet<_> = [Fields::Ict, Fields::Labor, Fields::Both]
        .into_iter()
        .flat_map(|fields| (0..50).map(move |n| (fields, description(fields, n))))
        .map(|(fields, (themes, text))| {
            for theme in themes {
                let theme = SHIPPED.iter().find(|it| it.code == *theme).unwrap();
                assert!(fields.contains(theme.field), "{text}");
            }
            text
        })
        .collect();
    assert!(texts.len() >= 30);
}

#[test]
fn every_invented_report_can_be_submitted() {
    let bodies: BTreeSet<_> = (0..100)
        .map(|n| {
            let text = report(n);
            let body = ReportBody {
                present_state: text.present_state.into(),
                advice: text.advice.into(),
                next_steps: text.next_steps.into(),
                ..ReportBody::default()
            };
            assert_eq!(body.missing().next(), None);
            text.present_state
        })
        .collect();
    assert!(bodies.len() >= 15);
}
