//! The applications of the invented companies.
use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    field::Field,
    intake::{application::ApplicationForm, company::TeleworkStatus},
};

use super::{
    act::Case,
    plot::{Plot, Twist},
};
use crate::demo::{
    applicant::{Applicant, Applicants},
    dice::Dice,
    names,
    rows::Rows,
};

/// The number of tries to find a new company: more than enough.
const TRIES: usize = 100;

/// Gives every consultation its company and its form. Some companies come again.
pub(super) fn fill_in(cases: &mut [Case], dice: &mut Dice) {
    let mut applicants = Applicants::default();
    // The operations write the companies; these rows are not written.
    let mut unwritten = Rows::default();
    // Companies whose appointments are counted, and which get no other consultation.
    let mut taken = BTreeSet::new();
    let mut known = BTreeSet::new();
    for case in cases {
        let alone = case.plot.twist == Twist::AtTheCap;
        let found = std::iter::repeat_with(|| applicants.next(dice, case.plot.applies_at, &mut unwritten))
            .take(TRIES)
            .flatten()
            .find(|it| {
                !taken.contains(&it.n) && (!alone || !known.contains(&it.n) && it.corporate_number.is_some())
            });
        let Some(it) = found else { continue };
        known.insert(it.n);
        if alone {
            taken.insert(it.n);
        }
        case.form = form(&case.plot, &it, dice);
    }
}

fn form(plot: &Plot, it: &Applicant, dice: &mut Dice) -> ApplicationForm {
    let place = names::place(it.prefecture, it.n);
    let person = names::person(it.n);
    let name = it.name();
    let (themes, description) = names::description(plot.fields, plot.n);
    let status = dice.pick(&TeleworkStatus::ALL).unwrap_or(TeleworkStatus::Planned);
    let capital = dice.pick(&["3000000", "5000000", "10000000", "30000000", "50000000"]).unwrap_or_default();
    let wanted = Field::ALL.into_iter().filter(|&it| plot.fields.contains(it));
    let own = |text: &str| text.to_owned();
    // A contact who telephones does not always have a mail address ready.
    let silent = matches!(plot.by, Actor::Coordinator(_)) && dice.chance(30);
    ApplicationForm {
        field: wanted.map(|it| own(it.code())).collect(),
        theme: themes.iter().map(|it| own(it)).collect(),
        description: own(description),
        mode: own(plot.mode.code()),
        company_name: name.name,
        company_kana: name.kana,
        corporate_number: it.corporate_number.map(|it| it.to_string()).unwrap_or_default(),
        organization: own(it.organization.code()),
        postal_code: place.postal_code,
        prefecture: it.prefecture.two_digits(),
        city: own(place.city),
        street: place.street,
        building: place.building,
        industry: own(it.industry.code()),
        employees: it.employees.to_string(),
        regular_employees: (it.employees - it.employees / 4).to_string(),
        capital: if it.organization.has_capital() { own(capital) } else { String::new() },
        telework_status: own(status.code()),
        contact_name: person.name,
        contact_kana: person.kana,
        department: own(names::department(it.n)),
        position: own(names::position(it.n)),
        email: if silent { String::new() } else { format!("contact{}@example.co.jp", it.n + 1) },
        phone: format!("0{}-0000-{:04}", it.n % 9 + 1, it.n % 10_000),
        slot: String::new(),
        consent: own("yes"),
        newsletter: if dice.chance(20) { own("yes") } else { String::new() },
    }
}
