//! Corrections: one value of a consultation is replaced by another, and the earlier value is kept.
//!
//! Values are compared as text in the form in which they are stored, so that a correction and its undoing are the same
//! for every field. Typed text is parsed by the parsers of the application.
mod refused;
mod team_fields;
mod values;

pub use codes::CorrectedField;
use codes::codes;

pub use refused::CorrectionRefused;
pub use team_fields::{TeamEvent, team_fields};
pub use values::CaseValues;

use crate::{
    actor::Party,
    field::{Field, Fields},
    intake::application::Mistakes,
    routing::assignment::Assignment,
};

codes! {
    /// The values that are corrected together, on one page.
    pub enum CorrectionSection {
        Contact = "contact" => "連絡先",
        Company = "company" => "会社",
        Request = "request" => "相談内容",
    }
}

/// One value that is replaced by another. An empty text means that there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub field: CorrectedField,
    pub old: String,
    pub new: String,
}

impl CorrectionSection {
    /// Returns the values of the section in the order of its page.
    pub const fn fields(self) -> &'static [CorrectedField] {
        use CorrectedField as F;
        match self {
            Self::Contact => &[
                F::ContactName,
                F::ContactKana,
                F::Department,
                F::Position,
                F::Email,
                F::Phone,
                F::SecondName,
                F::SecondKana,
                F::SecondEmail,
                F::SecondPhone,
            ],
            Self::Company => &[
                F::CompanyName,
                F::CompanyKana,
                F::CorporateNumber,
                F::Organization,
                F::PostalCode,
                F::Prefecture,
                F::City,
                F::Street,
                F::Building,
                F::Industry,
                F::Employees,
                F::RegularEmployees,
                F::Capital,
                F::TeleworkStatus,
            ],
            Self::Request => &[
                F::Fields,
                F::Themes,
                F::Mode,
                F::VisitPrefecture,
                F::VisitPlace,
                F::Participants,
                F::Description,
                F::Origin,
            ],
        }
    }

    /// Returns the section whose page has this value; `None` for a value that has a page of its own.
    pub fn of(field: CorrectedField) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.fields().contains(&field))
    }
}

impl Correction {
    /// Returns the correction that takes this one back.
    pub fn reversed(&self) -> Self {
        Self { field: self.field, old: self.new.clone(), new: self.old.clone() }
    }

    /// Returns whether experts and times were chosen by this value, so that they have to be looked at again.
    pub const fn concerns_routing(&self) -> bool {
        matches!(
            self.field,
            CorrectedField::Fields
                | CorrectedField::Mode
                | CorrectedField::Prefecture
                | CorrectedField::VisitPrefecture
        )
    }

    /// Returns whether the place of a visit follows from this value.
    pub const fn concerns_place(&self) -> bool {
        matches!(
            self.field,
            CorrectedField::Prefecture
                | CorrectedField::City
                | CorrectedField::Street
                | CorrectedField::Building
                | CorrectedField::VisitPrefecture
                | CorrectedField::VisitPlace
        )
    }
}

/// Returns whether `party` may correct a value. The center may correct everything, the company its own data; the
/// company's requests about the choice of experts are messages, which the center decides. How a request came in is what the
/// center has noted.
pub const fn may_correct(field: CorrectedField, party: Party) -> bool {
    use CorrectedField as F;
    match (party, field) {
        (Party::Coordinator, _) | (Party::Expert | Party::System, F::MeetingLink) => true,
        (
            Party::Company,
            F::Fields | F::Themes | F::Mode | F::VisitPrefecture | F::Origin | F::MeetingLink,
        )
        | (Party::Expert | Party::Desk | Party::System, _) => false,
        (Party::Company, _) => true,
    }
}

/// Returns the corrections that the typed values of a section make of the current ones, in the order of the page, or
/// every mistake in them. A field that was not typed keeps its value.
pub fn corrections(
    current: &CaseValues,
    typed: &CaseValues,
    section: CorrectionSection,
) -> Result<Vec<Correction>, Mistakes> {
    let wanted = values::parse(&current.overlaid(typed), section)?;
    let changed = section.fields().iter().filter_map(|&field| {
        let (old, new) = (current.get(field), wanted.get(field));
        let is_same = old == new;
        (!is_same).then(|| Correction { field, old: old.to_owned(), new: new.to_owned() })
    });
    Ok(changed.collect())
}

/// Applies corrections whose old values are the current ones; refuses the first one whose old value is not.
pub fn apply(current: &CaseValues, all: &[Correction]) -> Result<CaseValues, CorrectionRefused> {
    let mut values = current.clone();
    for it in all {
        if values.get(it.field) != it.old {
            return Err(CorrectionRefused::Corrected { field: it.field });
        }
        values.set(it.field, it.new.clone());
    }
    Ok(values)
}

/// Returns the requests and acceptances that are for none of these fields any more.
pub fn left_out(fields: Fields, assignments: &[Assignment]) -> impl Iterator<Item = &Assignment> {
    assignments.iter().filter(move |it| it.is_live() && !it.fields.iter().any(|it| fields.contains(it)))
}

/// Refuses to remove a field whose expert cannot be released any more, because the appointment has begun or is over:
/// `can_release` says so.
pub fn check_fields(
    new: Fields,
    assignments: &[Assignment],
    can_release: bool,
) -> Result<(), CorrectionRefused> {
    match left_out(new, assignments).next() {
        Some(it) if !can_release => {
            let field = it.fields.iter().next().unwrap_or(Field::Ict);
            Err(CorrectionRefused::FieldAdvised { field })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
