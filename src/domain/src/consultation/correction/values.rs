//! The values of a consultation as text, each in the form in which it is stored and compared.
use std::collections::BTreeMap;

use codes::{Industry, Mode, Organization, Origin, TeleworkStatus};

use super::{CorrectedField, CorrectionSection};
use crate::{
    field::{Field, Fields},
    intake::{
        application::{ApplicationForm, ApplicationTopic, CompanyFacts, Contact, Intake, Mistakes},
        company::{Capital, Headcount, PostalCode},
        contact::{EmailAddress, Telephone},
    },
    prefecture::Prefecture,
    text::{Prose, TextLine, optional, search_key},
};

/// Values by field. A field without a value is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseValues(BTreeMap<CorrectedField, String>);

impl CaseValues {
    pub fn get(&self, field: CorrectedField) -> &str {
        self.0.get(&field).map(String::as_str).unwrap_or_default()
    }

    pub fn set(&mut self, field: CorrectedField, value: impl Into<String>) {
        self.0.insert(field, value.into());
    }

    /// Returns whether the field is among the values, even if it is empty.
    pub fn has(&self, field: CorrectedField) -> bool {
        self.0.contains_key(&field)
    }

    /// Returns these values with those of `other` in place of them.
    #[must_use]
    pub fn overlaid(&self, other: &Self) -> Self {
        let mut values = self.0.clone();
        values.extend(other.0.iter().map(|(field, value)| (*field, value.clone())));
        Self(values)
    }

    /// Returns the codes of the themes.
    pub fn themes(&self) -> impl Iterator<Item = &str> {
        self.get(CorrectedField::Themes).split(',').filter(|it| !it.is_empty())
    }

    pub fn fields(&self) -> Option<Fields> {
        Fields::from_code(self.get(CorrectedField::Fields))
    }

    /// Returns the prefecture to which an expert would travel: that of the visit, or else that of the company.
    pub fn site(&self) -> Option<Prefecture> {
        let of = |field| Prefecture::parse(self.get(field)).ok();
        of(CorrectedField::VisitPrefecture).or_else(|| of(CorrectedField::Prefecture))
    }

    pub fn mode(&self) -> Option<Mode> {
        Mode::from_code(self.get(CorrectedField::Mode))
    }

    /// Returns the text by which the list is searched, as of an application.
    pub fn search_key(&self) -> String {
        let key = |field| search_key(self.get(field));
        let number = self.get(CorrectedField::CorporateNumber);
        format!("{} {} {number}", key(CorrectedField::CompanyName), key(CorrectedField::CompanyKana))
    }

    /// Returns the values as a form of the application has them.
    pub fn form(&self) -> ApplicationForm {
        let mut form = ApplicationForm::default();
        for (field, value) in &self.0 {
            if *field == CorrectedField::Fields {
                let fields = Fields::from_code(value).into_iter().flat_map(Fields::iter);
                form.set(field.code(), fields.map(Field::code));
            } else if *field == CorrectedField::Themes {
                form.set(field.code(), self.themes());
            } else {
                form.set(field.code(), [value.as_str()]);
            }
        }
        form
    }

    /// Returns the value as people read it; empty if there is none. `theme` returns the label of a theme.
    pub fn shown(field: CorrectedField, value: &str, theme: impl Fn(&str) -> String) -> String {
        let label = |it: Option<&'static str>| it.unwrap_or(value).to_owned();
        match field {
            CorrectedField::Organization => label(Organization::from_code(value).map(Organization::label)),
            CorrectedField::Industry => label(Industry::from_code(value).map(Industry::label)),
            CorrectedField::TeleworkStatus => {
                label(TeleworkStatus::from_code(value).map(TeleworkStatus::label))
            }
            CorrectedField::Mode => label(Mode::from_code(value).map(Mode::label)),
            CorrectedField::Origin => label(Origin::from_code(value).map(Origin::label)),
            CorrectedField::Fields => label(Fields::from_code(value).map(Fields::label)),
            CorrectedField::Prefecture | CorrectedField::VisitPrefecture => {
                label(Prefecture::parse(value).ok().map(Prefecture::name))
            }
            CorrectedField::PostalCode => written(value, PostalCode::parse),
            CorrectedField::Capital => written(value, Capital::parse),
            CorrectedField::Employees | CorrectedField::RegularEmployees => {
                written(value, |it| Headcount::parse(field.label(), it))
            }
            CorrectedField::Themes => {
                value.split(',').filter(|it| !it.is_empty()).map(theme).collect::<Vec<_>>().join("、")
            }
            CorrectedField::Phone | CorrectedField::SecondPhone => Telephone::shown(value),
            CorrectedField::ContactName
            | CorrectedField::ContactKana
            | CorrectedField::Department
            | CorrectedField::Position
            | CorrectedField::Email
            | CorrectedField::SecondName
            | CorrectedField::SecondKana
            | CorrectedField::SecondEmail
            | CorrectedField::CompanyName
            | CorrectedField::CompanyKana
            | CorrectedField::CorporateNumber
            | CorrectedField::City
            | CorrectedField::Street
            | CorrectedField::Building
            | CorrectedField::VisitPlace
            | CorrectedField::Participants
            | CorrectedField::Description
            | CorrectedField::MeetingLink => value.to_owned(),
        }
    }
}

/// Parses the values of a section as the application parses them, and returns them in the form in which they are
/// stored. A clerk may leave fields empty that the company has to fill in.
pub(super) fn parse(values: &CaseValues, section: CorrectionSection) -> Result<CaseValues, Mistakes> {
    match section {
        CorrectionSection::Contact => contact(values),
        CorrectionSection::Company => company(values),
        CorrectionSection::Request => request(values),
    }
}

fn contact(values: &CaseValues) -> Result<CaseValues, Mistakes> {
    use CorrectedField as F;
    let parsed = Contact::parse(&values.form(), Intake::OnBehalf);
    let (second, mut mistakes) = second_contact(values);
    match parsed {
        Ok(it) if mistakes.is_empty() => {
            let mut found = second;
            found.set(F::ContactName, it.name.as_str());
            found.set(F::ContactKana, line(it.kana.as_ref()));
            found.set(F::Department, line(it.department.as_ref()));
            found.set(F::Position, line(it.position.as_ref()));
            found.set(F::Email, it.email.map(|it| it.as_str().to_owned()).unwrap_or_default());
            found.set(F::Phone, it.phone.map(|it| it.grouped()).unwrap_or_default());
            Ok(found)
        }
        Ok(_) => Err(mistakes),
        Err(mut wrong) => {
            wrong.append(&mut mistakes);
            Err(wrong)
        }
    }
}

/// Returns the second contact, with every mistake in it. Without a name there is no second contact.
fn second_contact(values: &CaseValues) -> (CaseValues, Mistakes) {
    use CorrectedField as F;
    let (mut found, mut mistakes) = (CaseValues::default(), Mistakes::new());
    let mut take = |field: F, parsed: Result<Option<String>, String>| match parsed {
        Ok(value) => found.set(field, value.unwrap_or_default()),
        Err(why) => mistakes.push((field.code(), why)),
    };
    let name = optional(values.get(F::SecondName), |it| TextLine::parse(F::SecondName.label(), it, 60));
    take(F::SecondName, said(name));
    let kana = optional(values.get(F::SecondKana), |it| TextLine::parse_kana(F::SecondKana.label(), it, 100));
    take(F::SecondKana, said(kana));
    take(F::SecondEmail, said(optional(values.get(F::SecondEmail), EmailAddress::parse)));
    let phone = optional(values.get(F::SecondPhone), Telephone::parse);
    take(F::SecondPhone, phone.map(|it| it.map(|it| it.grouped())).map_err(|err| err.to_string()));
    let has_more = [F::SecondKana, F::SecondEmail, F::SecondPhone].iter().any(|it| !is_blank(values, *it));
    if is_blank(values, F::SecondName) && has_more {
        mistakes.insert(0, (F::SecondName.code(), format!("{}を入力してください", F::SecondName.label())));
    }
    (found, mistakes)
}

fn company(values: &CaseValues) -> Result<CaseValues, Mistakes> {
    use CorrectedField as F;
    let it = CompanyFacts::parse(&values.form(), Intake::OnBehalf)?;
    let code = |it: Option<&'static str>| it.unwrap_or_default();
    let mut found = CaseValues::default();
    found.set(F::CompanyName, it.name.as_str());
    found.set(F::CompanyKana, line(it.kana.as_ref()));
    found.set(F::CorporateNumber, it.corporate_number.map(|it| it.to_string()).unwrap_or_default());
    found.set(F::Organization, code(it.organization.map(Organization::code)));
    found.set(F::PostalCode, it.postal_code.map(PostalCode::digits).unwrap_or_default());
    found.set(F::Prefecture, prefecture_code(it.prefecture));
    found.set(F::City, line(it.city.as_ref()));
    found.set(F::Street, line(it.street.as_ref()));
    found.set(F::Building, line(it.building.as_ref()));
    found.set(F::Industry, code(it.industry.map(Industry::code)));
    found.set(F::Employees, it.employees.map(|it| it.get().to_string()).unwrap_or_default());
    found.set(F::RegularEmployees, it.regular_employees.map(|it| it.get().to_string()).unwrap_or_default());
    found.set(F::Capital, it.capital.map(|it| it.yen().to_string()).unwrap_or_default());
    found.set(F::TeleworkStatus, code(it.telework_status.map(TeleworkStatus::code)));
    Ok(found)
}

fn request(values: &CaseValues) -> Result<CaseValues, Mistakes> {
    use CorrectedField as F;
    let parsed = ApplicationTopic::parse(&values.form());
    let (mut found, mut mistakes) = (CaseValues::default(), Mistakes::new());
    let mut take = |field: F, parsed: Result<Option<String>, String>| match parsed {
        Ok(value) => found.set(field, value.unwrap_or_default()),
        Err(why) => mistakes.push((field.code(), why)),
    };
    let site = optional(values.get(F::VisitPrefecture), Prefecture::parse);
    take(F::VisitPrefecture, site.map(|it| Some(prefecture_code(it))).map_err(|err| err.to_string()));
    let place = optional(values.get(F::VisitPlace), |it| TextLine::parse(F::VisitPlace.label(), it, 300));
    take(F::VisitPlace, said(place));
    let participants =
        optional(values.get(F::Participants), |it| Prose::parse(F::Participants.label(), it, 500));
    take(F::Participants, said(participants));
    if values.has(F::Origin) {
        let origin = Origin::from_code(values.get(F::Origin)).map(|it| Some(it.code().to_owned()));
        take(F::Origin, origin.ok_or_else(|| format!("{}を選択してください", F::Origin.label())));
    }
    match parsed {
        Ok(it) if mistakes.is_empty() => {
            found.set(F::Fields, it.fields.code());
            found.set(F::Themes, it.themes.join(","));
            found.set(F::Mode, it.mode.code());
            found.set(F::Description, it.description.as_str());
            Ok(found)
        }
        Ok(_) => Err(mistakes),
        Err(mut wrong) => {
            wrong.append(&mut mistakes);
            Err(wrong)
        }
    }
}

/// Returns the code of a prefecture as forms send it, with two digits.
fn prefecture_code(it: Option<Prefecture>) -> String {
    it.map(Prefecture::two_digits).unwrap_or_default()
}

fn line(it: Option<&TextLine>) -> String {
    it.map(|it| it.as_str().to_owned()).unwrap_or_default()
}

fn said<T: ToString, E: ToString>(parsed: Result<Option<T>, E>) -> Result<Option<String>, String> {
    parsed.map(|it| it.map(|it| it.to_string())).map_err(|err| err.to_string())
}

fn is_blank(values: &CaseValues, field: CorrectedField) -> bool {
    values.get(field).trim().is_empty()
}

fn written<T: ToString, E>(value: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> String {
    parse(value).map_or_else(|_| value.to_owned(), |it| it.to_string())
}
