//! An application: the form as typed, and its parsed value once every field is valid.
//!
//! The names of the fields are the same on the page, in the draft and in the export (`docs/spec/contract.md`
//! §5).
use serde::{Deserialize, Serialize};

mod fields;

pub use fields::TICKED;
pub(crate) use fields::is_ticked;

use crate::{
    field::{Field, Fields},
    intake::{
        company::{
            Capital, Choice, CorporateNumber, Headcount, Industry, Mode, Organization, PostalCode,
            TeleworkStatus,
        },
        contact::{EmailAddress, Telephone},
    },
    prefecture::Prefecture,
    text::{Prose, TextLine, optional},
};

/// The text of every field, unchanged, as the draft stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationForm {
    pub field: Vec<String>,
    pub theme: Vec<String>,
    pub description: String,
    pub mode: String,
    pub company_name: String,
    pub company_kana: String,
    pub corporate_number: String,
    pub organization: String,
    pub postal_code: String,
    pub prefecture: String,
    pub city: String,
    pub street: String,
    pub building: String,
    pub industry: String,
    pub employees: String,
    pub regular_employees: String,
    pub capital: String,
    pub telework_status: String,
    pub contact_name: String,
    pub contact_kana: String,
    pub department: String,
    pub position: String,
    pub email: String,
    pub phone: String,
    pub slot: String,
    pub consent: String,
    pub newsletter: String,
}

/// The person who fills in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// The company itself, on the web. It has to give everything that routing and statistics need.
    Company,
    /// A clerk on the telephone. Fields that cannot be asked in two minutes may stay empty.
    OnBehalf,
}

/// The mistakes in the order of the form: the field's name and a sentence for the person.
pub type Mistakes = Vec<(&'static str, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub topic: ApplicationTopic,
    pub company: CompanyFacts,
    pub contact: Contact,
    /// Whether the contact wants announcements of seminars. These are kept apart from the mail of the case.
    pub newsletter: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationTopic {
    pub fields: Fields,
    /// The codes of themes. The programme's data say which codes exist.
    pub themes: Vec<String>,
    pub description: Prose,
    pub mode: Mode,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyFacts {
    pub name: TextLine,
    pub kana: Option<TextLine>,
    pub corporate_number: Option<CorporateNumber>,
    pub organization: Option<Organization>,
    pub postal_code: Option<PostalCode>,
    pub prefecture: Option<Prefecture>,
    pub city: Option<TextLine>,
    pub street: Option<TextLine>,
    pub building: Option<TextLine>,
    pub industry: Option<Industry>,
    /// The total number of employees (総従業員数).
    pub employees: Option<Headcount>,
    /// The regular employees among them (うち常時雇用する人数).
    pub regular_employees: Option<Headcount>,
    pub capital: Option<Capital>,
    pub telework_status: Option<TeleworkStatus>,
}

/// The person who speaks for the company. At least one of address and telephone number is present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub name: TextLine,
    pub kana: Option<TextLine>,
    pub department: Option<TextLine>,
    pub position: Option<TextLine>,
    pub email: Option<EmailAddress>,
    pub phone: Option<Telephone>,
}

impl ApplicationTopic {
    pub fn parse(form: &ApplicationForm) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let wants = |field: Field| form.field.iter().any(|it| it == field.code());
        let fields = Fields::from_flags(wants(Field::Ict), wants(Field::Labor))
            .filter(|_| form.field.iter().all(|it| Field::from_code(it).is_some()));
        let fields = reading.take("field", fields.ok_or("相談の分野を選択してください"));
        let description =
            reading.take("description", Prose::parse("困っていること", &form.description, 2000));
        let mode = reading.take("mode", Mode::parse(&form.mode));
        match (fields, description, mode) {
            (Some(fields), Some(description), Some(mode)) => {
                let mut themes = form.theme.clone();
                themes.sort_unstable();
                themes.dedup();
                Ok(Self { fields, themes, description, mode })
            }
            _ => Err(reading.mistakes),
        }
    }
}

impl CompanyFacts {
    pub fn parse(form: &ApplicationForm, intake: Intake) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let required = intake == Intake::Company;
        let name = reading.take("company_name", TextLine::parse("会社の正式名称", &form.company_name, 120));
        let kana = reading.ask(required, "company_kana", &form.company_kana, |raw| {
            TextLine::parse_company_kana("フリガナ", raw, 200)
        });
        let corporate_number =
            reading.ask(false, "corporate_number", &form.corporate_number, CorporateNumber::parse);
        let organization = reading.ask(required, "organization", &form.organization, Organization::parse);
        let postal_code = reading.ask(required, "postal_code", &form.postal_code, PostalCode::parse);
        let prefecture = reading.ask(required, "prefecture", &form.prefecture, Prefecture::parse);
        let city = reading.ask(required, "city", &form.city, |raw| TextLine::parse("市区町村", raw, 60));
        let street =
            reading.ask(required, "street", &form.street, |raw| TextLine::parse("町域・番地", raw, 120));
        let building =
            reading.ask(false, "building", &form.building, |raw| TextLine::parse("建物名", raw, 120));
        let industry = reading.ask(required, "industry", &form.industry, Industry::parse);
        let employees =
            reading.ask(required, "employees", &form.employees, |raw| Headcount::parse("従業員数", raw));
        let regular_employees = reading.ask(required, "regular_employees", &form.regular_employees, |raw| {
            Headcount::parse("常時雇用する人数", raw)
        });
        let capital = reading.ask(false, "capital", &form.capital, Capital::parse);
        let telework_status =
            reading.ask(required, "telework_status", &form.telework_status, TeleworkStatus::parse);
        if let (Some(regular), Some(all)) = (regular_employees, employees)
            && regular > all
        {
            reading.note("regular_employees", "常時雇用する人数は、総従業員数以下の数で入力してください");
        }
        match name {
            Some(name) if reading.mistakes.is_empty() => Ok(Self {
                name,
                kana,
                corporate_number,
                organization,
                postal_code,
                prefecture,
                city,
                street,
                building,
                industry,
                employees,
                regular_employees,
                capital,
                telework_status,
            }),
            _ => Err(reading.mistakes),
        }
    }
}

impl Contact {
    pub fn parse(form: &ApplicationForm, intake: Intake) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let required = intake == Intake::Company;
        let name = reading.take("contact_name", TextLine::parse("担当者の氏名", &form.contact_name, 60));
        let kana = reading.ask(required, "contact_kana", &form.contact_kana, |raw| {
            TextLine::parse_kana("担当者のフリガナ", raw, 100)
        });
        let department =
            reading.ask(false, "department", &form.department, |raw| TextLine::parse("部署", raw, 60));
        let position = reading.ask(false, "position", &form.position, |raw| TextLine::parse("役職", raw, 60));
        let email = reading.ask(required, "email", &form.email, EmailAddress::parse);
        let phone = reading.ask(required, "phone", &form.phone, Telephone::parse);
        if form.email.trim().is_empty() && form.phone.trim().is_empty() && !required {
            reading.note("phone", "電話番号またはメールアドレスを入力してください");
        }
        match name {
            Some(name) if reading.mistakes.is_empty() => {
                Ok(Self { name, kana, department, position, email, phone })
            }
            _ => Err(reading.mistakes),
        }
    }
}

impl Application {
    /// Parses everything but the consent, which is an instant rather than a value. Returns all mistakes at
    /// once.
    pub fn parse(form: &ApplicationForm, intake: Intake) -> Result<Self, Mistakes> {
        let parts =
            (ApplicationTopic::parse(form), CompanyFacts::parse(form, intake), Contact::parse(form, intake));
        match parts {
            (Ok(topic), Ok(company), Ok(contact)) => {
                Ok(Self { topic, company, contact, newsletter: is_ticked(&form.newsletter) })
            }
            (topic, company, contact) => {
                let mistakes = [topic.err(), company.err(), contact.err()];
                Err(mistakes.into_iter().flatten().flatten().collect())
            }
        }
    }

    /// Returns the text by which the list is searched: the folded name and reading, and the corporate number.
    pub fn search_key(&self) -> String {
        let kana = self.company.kana.as_ref().map(TextLine::search_key).unwrap_or_default();
        let number = self.company.corporate_number.map(|it| it.to_string()).unwrap_or_default();
        format!("{} {kana} {number}", self.company.name.search_key())
    }
}

impl ApplicationForm {
    /// Returns whether the box 「個人情報の取扱いに同意します」 is ticked.
    pub fn consents(&self) -> bool {
        is_ticked(&self.consent)
    }
}

/// Parses fields one after the other and collects their mistakes.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) mistakes: Mistakes,
}

impl Reading {
    pub(crate) fn take<T, E: ToString>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|err| self.note(field, &err)).ok()
    }

    /// Parses a field that may stay empty unless it is `required`.
    pub(crate) fn ask<T, E: ToString>(
        &mut self,
        required: bool,
        field: &'static str,
        raw: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if required {
            return self.take(field, parse(raw));
        }
        self.take(field, optional(raw, parse)).flatten()
    }

    pub(crate) fn note(&mut self, field: &'static str, why: &(impl ToString + ?Sized)) {
        self.mistakes.push((field, why.to_string()));
    }
}

#[cfg(test)]
mod tests;
