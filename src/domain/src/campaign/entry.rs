//! The form of a registration as typed, and its parsed value once every field is valid.
use codes::RegistrantKind;

use super::life::Listing;
use crate::{
    intake::{
        application::{Intake, Mistakes, Reading, is_ticked},
        company::{Choice, CorporateNumber, Headcount, Industry, TeleworkStatus},
        contact::{EmailAddress, Telephone},
    },
    prefecture::Prefecture,
    text::TextLine,
};

/// The text of every field, unchanged. The names are those of the page and of the files that are imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationForm {
    pub kind: String,
    pub name: String,
    pub kana: String,
    pub corporate_number: String,
    pub prefecture: String,
    pub industry: String,
    pub employees: String,
    pub activity: Vec<String>,
    pub telework_status: String,
    pub teleworkers: String,
    pub contact_name: String,
    pub email: String,
    pub phone: String,
    pub rules: String,
    pub opt_in: String,
}

/// The data of a registration. The public list has `listing` alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationEntry {
    pub listing: Listing,
    pub kind: RegistrantKind,
    pub corporate_number: Option<CorporateNumber>,
    pub prefecture: Prefecture,
    /// The number of employees. Individuals are not asked for it.
    pub employees: Option<Headcount>,
    pub activities: Vec<TextLine>,
    pub telework_status: TeleworkStatus,
    /// The number of people who telework.
    pub teleworkers: Option<Headcount>,
    /// The person who speaks for the registrant; the registrant itself, if it is an individual.
    pub contact_name: Option<TextLine>,
    /// The address; `None` only if a person of the center has typed the registration.
    pub email: Option<EmailAddress>,
    pub phone: Option<Telephone>,
}

impl Choice for RegistrantKind {
    const FIELD: &'static str = "登録する方";
}

impl RegistrationEntry {
    /// Parses the form. The registrant itself has to give an address and to consent to the rules; a file of the center
    /// may have neither. Returns all mistakes at once.
    pub fn parse(form: &RegistrationForm, offered: &[TextLine], intake: Intake) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let is_own = intake == Intake::Company;
        let kind = reading.take("kind", RegistrantKind::parse(&form.kind));
        let is_person = kind == Some(RegistrantKind::Individual);
        let name = reading.take("name", TextLine::parse("名称", &form.name, 120));
        let kana = reading.take("kana", kana(&form.kana, is_person));
        let industry = reading.take("industry", Industry::parse(&form.industry));
        let corporate_number =
            reading.ask(false, "corporate_number", &form.corporate_number, CorporateNumber::parse);
        if is_person && corporate_number.is_some() {
            reading.note("corporate_number", "個人の方は、法人番号を空にしてください");
        }
        let prefecture = reading.take("prefecture", Prefecture::parse(&form.prefecture));
        let needs_size = is_own && !is_person;
        let employees =
            reading.ask(needs_size, "employees", &form.employees, |raw| Headcount::parse("従業員数", raw));
        let activities = reading.take("activity", chosen(&form.activity, offered, is_own));
        let telework_status = reading.take("telework_status", TeleworkStatus::parse(&form.telework_status));
        let teleworkers = reading.ask(false, "teleworkers", &form.teleworkers, |raw| {
            Headcount::parse("テレワークをしている人数", raw)
        });
        if let (Some(some), Some(all)) = (teleworkers, employees)
            && some > all
        {
            reading.note("teleworkers", "テレワークをしている人数は、従業員数以下の数で入力してください");
        }
        let contact_name = reading.ask(is_own && !is_person, "contact_name", &form.contact_name, |raw| {
            TextLine::parse("担当者のお名前", raw, 60)
        });
        let email = reading.ask(is_own, "email", &form.email, EmailAddress::parse);
        let phone = reading.ask(false, "phone", &form.phone, Telephone::parse);
        if is_own && !is_ticked(&form.rules) {
            reading.note("rules", "活動規約を確認し、同意する場合はチェックしてください");
        }
        match (kind, name, kana, industry, prefecture, activities, telework_status) {
            (
                Some(kind),
                Some(name),
                Some(kana),
                Some(industry),
                Some(prefecture),
                Some(activities),
                Some(telework_status),
            ) if reading.mistakes.is_empty() => Ok(Self {
                listing: Listing { name, kana, industry },
                kind,
                corporate_number,
                prefecture,
                employees,
                activities,
                telework_status,
                teleworkers,
                contact_name,
                email,
                phone,
            }),
            _ => Err(reading.mistakes),
        }
    }
}

impl RegistrationForm {
    /// Returns whether the box of the announcements is ticked.
    pub fn opts_in(&self) -> bool {
        is_ticked(&self.opt_in)
    }
}

fn kana(raw: &str, is_person: bool) -> Result<TextLine, crate::text::BadText> {
    if is_person {
        TextLine::parse_kana("フリガナ", raw, 200)
    } else {
        TextLine::parse_company_kana("フリガナ", raw, 200)
    }
}

/// Returns the chosen activities, in the order in which they are offered.
fn chosen(typed: &[String], offered: &[TextLine], is_needed: bool) -> Result<Vec<TextLine>, String> {
    let is_offered = |it: &String| offered.iter().any(|own| own.as_str() == it.trim());
    if let Some(other) = typed.iter().find(|it| !is_offered(it)) {
        return Err(format!("活動「{}」は、この月間の活動にありません", other.trim()));
    }
    let wanted: Vec<_> =
        offered.iter().filter(|own| typed.iter().any(|it| it.trim() == own.as_str())).cloned().collect();
    if wanted.is_empty() && is_needed {
        return Err("予定している活動を1つ以上選択してください".to_owned());
    }
    Ok(wanted)
}
