//! The fields of a registration for a telework month, as registrants fill them in.
use domain::{
    campaign::{RegistrantKind, RegistrationEntry, RegistrationForm},
    intake::{
        application::{Intake, TICKED},
        company::{Industry, TeleworkStatus},
    },
    text::TextLine,
};

use super::form::{Choice, FieldErrors, Fields, prefectures};

/// The choices of the fields.
#[derive(Clone, Debug, Default)]
pub struct RegistrationChoices {
    pub kinds: Vec<Choice>,
    pub prefectures: Vec<Choice>,
    pub industries: Vec<Choice>,
    pub activities: Vec<Choice>,
    pub statuses: Vec<Choice>,
}

impl RegistrationChoices {
    /// Returns the choices of a telework month that offers these activities.
    pub fn of(activities: &[TextLine]) -> Self {
        let activity = |it: &TextLine| Choice::new(it.to_string(), it.to_string());
        Self {
            kinds: RegistrantKind::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            prefectures: prefectures(),
            industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
            activities: activities.iter().map(activity).collect(),
            statuses: TeleworkStatus::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        }
    }
}

/// Returns the values as they were typed.
pub fn typed(form: &Fields) -> RegistrationForm {
    let own = |name: &str| form.get(name).to_owned();
    RegistrationForm {
        kind: own("kind"),
        name: own("name"),
        kana: own("kana"),
        corporate_number: own("corporate_number"),
        prefecture: own("prefecture"),
        industry: own("industry"),
        employees: own("employees"),
        activity: form.all("activity").map(str::to_owned).collect(),
        telework_status: own("telework_status"),
        teleworkers: own("teleworkers"),
        contact_name: own("contact_name"),
        email: own("email"),
        phone: own("phone"),
        rules: own("rules"),
        opt_in: own("opt_in"),
    }
}

/// Parses the form, or adds every error.
pub fn parse(
    form: &RegistrationForm,
    activities: &[TextLine],
    intake: Intake,
    errors: &mut FieldErrors,
) -> Option<RegistrationEntry> {
    match RegistrationEntry::parse(form, activities, intake) {
        Ok(entry) => Some(entry),
        Err(mistakes) => {
            for (field, why) in mistakes {
                errors.add(field, why);
            }
            None
        }
    }
}

/// Returns the form filled with the data of a registration.
pub fn fill(entry: &RegistrationEntry, opts_in: bool) -> Fields {
    let text = |it: &Option<TextLine>| it.as_ref().map(ToString::to_string).unwrap_or_default();
    let count = |it: Option<domain::intake::company::Headcount>| {
        it.map(|it| it.get().to_string()).unwrap_or_default()
    };
    let mut form = Fields::default();
    form.add("kind", entry.kind.code());
    form.add("name", entry.listing.name.as_str());
    form.add("kana", entry.listing.kana.as_str());
    form.add("corporate_number", entry.corporate_number.map(|it| it.to_string()).unwrap_or_default());
    form.add("prefecture", entry.prefecture.two_digits());
    form.add("industry", entry.listing.industry.code());
    form.add("employees", count(entry.employees));
    for it in &entry.activities {
        form.add("activity", it.as_str());
    }
    form.add("telework_status", entry.telework_status.code());
    form.add("teleworkers", count(entry.teleworkers));
    form.add("contact_name", text(&entry.contact_name));
    form.add("phone", entry.phone.as_ref().map(ToString::to_string).unwrap_or_default());
    form.add("opt_in", if opts_in { TICKED } else { "" });
    form
}
