//! The rows that an application writes in addition to the consultation.
use domain::{
    id::ConsultationId,
    intake::{application::Application, company::PostalCode, duplicate::address_key},
    text::search_key,
};
use entity::{Coded, application, contact};

pub fn application_row(id: ConsultationId, it: &Application) -> application::Model {
    let company = &it.company;
    let text = |line: &Option<domain::text::TextLine>| {
        line.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default()
    };
    let count = |it: domain::intake::company::Headcount| i32::try_from(it.get()).unwrap_or(i32::MAX);
    application::Model {
        consultation_id: id.0,
        description: it.topic.description.as_str().to_owned(),
        company_kana: text(&company.kana),
        corporate_number: company.corporate_number.map(|it| it.to_string()),
        organization: company.organization.map(Coded::Known),
        postal_code: company.postal_code.map(PostalCode::digits),
        city: text(&company.city),
        street: text(&company.street),
        building: text(&company.building),
        employees: company.employees.map(count),
        regular_employees: company.regular_employees.map(count),
        capital: company.capital.and_then(|it| i64::try_from(it.yen()).ok()),
        telework_status: company.telework_status.map(Coded::Known),
        visit_place: String::new(),
        participants: String::new(),
        reading_key: Some(search_key(&text(&company.kana))),
        address_key: Some(address_key(&text(&company.city), &text(&company.street))),
    }
}

pub fn contact_row(id: ConsultationId, it: &Application) -> contact::Model {
    let person = &it.contact;
    let text = |line: &Option<domain::text::TextLine>| {
        line.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default()
    };
    contact::Model {
        consultation_id: id.0,
        name: person.name.as_str().to_owned(),
        kana: text(&person.kana),
        department: text(&person.department),
        position: text(&person.position),
        email: person.email.as_ref().map(|it| it.as_str().to_owned()),
        email_key: person.email.as_ref().map(domain::intake::contact::EmailAddress::key),
        phone: person.phone.as_ref().map(|it| it.as_str().to_owned()),
        phone_digits: person.phone.as_ref().map(|it| it.digits().to_owned()),
        second_name: String::new(),
        second_kana: String::new(),
        second_email: String::new(),
        second_phone: String::new(),
        proven_email: None,
        proven_email_key: None,
        proven_at: None,
        person_key: Some(person.name.search_key()),
    }
}
