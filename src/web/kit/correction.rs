//! The form with which values of a consultation are corrected, for the center and for the company.
use codes::Origin;
use domain::{
    actor::Party,
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection, may_correct},
    field::{Field, Fields as Wanted},
    intake::company::{Industry, Mode, Organization, TeleworkStatus},
    text::{TextLine, optional},
};

use super::form::{Choice, FieldErrors, Fields, prefectures};
use crate::store::{consultation::correction::SavedCorrection, reference::programme::Programme};

/// The prefix of the hidden fields that hold the values as they were shown.
const WAS: &str = "was_";

const REASON: &str = "reason";
/// The box by which the center carries a correction over to the company's other consultations.
pub const OTHERS: &str = "others";
const LONGEST_REASON: usize = 200;

/// Returns the reason of a correction; the inner `None` if none was typed, the outer one if it is wrong.
pub fn reason(form: &Fields, errors: &mut FieldErrors) -> Option<Option<TextLine>> {
    let typed = optional(form.get(REASON), |it| TextLine::parse("理由", it, LONGEST_REASON));
    errors.take(REASON, typed)
}

/// The values of one section as a form.
pub struct CorrectionForm {
    pub section: CorrectionSection,
    /// The values that may be corrected here.
    pub fields: Vec<CorrectedField>,
    pub form: Fields,
    pub errors: FieldErrors,
    /// The values that another person has corrected since the form was shown, by their labels.
    pub conflicts: Vec<(&'static str, String)>,
    /// The field, the theme and every other set of choices.
    pub choices: CorrectionChoices,
}

/// The choices of the form.
pub struct CorrectionChoices {
    pub fields: Vec<Choice>,
    pub themes: Vec<Choice>,
    pub modes: Vec<Choice>,
    pub organizations: Vec<Choice>,
    pub prefectures: Vec<Choice>,
    pub industries: Vec<Choice>,
    pub telework: Vec<Choice>,
    pub origins: Vec<Choice>,
}

/// A correction as a page shows it.
pub struct ShownCorrection {
    pub label: &'static str,
    pub old: String,
    pub new: String,
    pub reason: String,
}

impl CorrectionForm {
    /// Makes the form of a section with the current values.
    pub fn of(section: CorrectionSection, party: Party, values: &CaseValues, programme: &Programme) -> Self {
        let fields = fields_of(section, party);
        let form = filled(values, &fields);
        let choices = CorrectionChoices::of(programme);
        Self { section, fields, form, errors: FieldErrors::default(), conflicts: Vec::new(), choices }
    }

    /// Makes the form of a section with what was typed. A value that was not touched is shown as it is now; one that
    /// was typed is kept, with the value that another person has given it meanwhile.
    pub fn typed(
        section: CorrectionSection,
        party: Party,
        values: &CaseValues,
        programme: &Programme,
        (typed, errors): (&Fields, FieldErrors),
    ) -> Self {
        let mut it = Self::of(section, party, values, programme);
        let (of_form, seen) = (read(typed, &it.fields), was(typed, &it.fields));
        let mut shown = values.clone();
        for &field in &it.fields {
            let is_touched = of_form.has(field) && of_form.get(field) != seen.get(field);
            if !is_touched {
                continue;
            }
            if seen.has(field) && seen.get(field) != values.get(field) {
                let now =
                    CaseValues::shown(field, values.get(field), |it| programme.theme_label(it).to_owned());
                let now = if now.is_empty() { "入力なし".to_owned() } else { now };
                it.conflicts.push((field.label(), now));
            }
            shown.set(field, of_form.get(field));
        }
        it.form = filled(&shown, &it.fields);
        for name in [REASON, OTHERS] {
            it.form.add(name, typed.get(name));
        }
        it.errors = errors;
        it
    }

    /// Returns whether a value can be corrected here.
    pub fn has(&self, field: CorrectedField) -> bool {
        self.fields.contains(&field)
    }

    /// Returns the hidden fields with the values as they are shown.
    pub fn was(&self, values: &CaseValues) -> Vec<(String, String)> {
        self.fields.iter().map(|it| (format!("{WAS}{}", it.code()), values.get(*it).to_owned())).collect()
    }
}

/// Returns the values of a section that a party may correct.
pub fn fields_of(section: CorrectionSection, party: Party) -> Vec<CorrectedField> {
    section.fields().iter().copied().filter(|it| may_correct(*it, party)).collect()
}

/// Returns the values that were typed and differ from those that the form had shown. A value that was not touched is
/// not among them, so that it does not undo what another person has corrected meanwhile.
pub fn touched(form: &Fields, fields: &[CorrectedField]) -> CaseValues {
    let (typed, seen) = (read(form, fields), was(form, fields));
    let mut values = CaseValues::default();
    for &field in fields {
        if typed.has(field) && !(seen.has(field) && typed.get(field) == seen.get(field)) {
            values.set(field, typed.get(field));
        }
    }
    values
}

/// Returns the typed values. Boxes of which none is ticked send nothing, so that their absence is a value too.
fn read(form: &Fields, fields: &[CorrectedField]) -> CaseValues {
    let mut values = CaseValues::default();
    for &field in fields {
        if field == CorrectedField::Fields {
            let has = |it: Field| form.has(field.code(), it.code());
            let wanted = Wanted::from_flags(has(Field::Ict), has(Field::Labor));
            values.set(field, wanted.map(Wanted::code).unwrap_or_default());
        } else if field == CorrectedField::Themes {
            let mut themes: Vec<_> = form.all(field.code()).collect();
            themes.sort_unstable();
            themes.dedup();
            values.set(field, themes.join(","));
        } else if form.all(field.code()).next().is_some() {
            values.set(field, form.get(field.code()).replace('\0', "\u{FFFD}").replace("\r\n", "\n"));
        }
    }
    values
}

fn was(form: &Fields, fields: &[CorrectedField]) -> CaseValues {
    let mut values = CaseValues::default();
    for &field in fields {
        let name = format!("{WAS}{}", field.code());
        if form.all(&name).next().is_some() {
            values.set(field, form.get(&name).replace("\r\n", "\n"));
        }
    }
    values
}

fn filled(values: &CaseValues, fields: &[CorrectedField]) -> Fields {
    let mut form = Fields::default();
    for &field in fields {
        if field == CorrectedField::Fields {
            for it in values.fields().into_iter().flat_map(Wanted::iter) {
                form.add(field.code(), it.code());
            }
        } else if field == CorrectedField::Themes {
            for it in values.themes() {
                form.add(field.code(), it);
            }
        } else {
            form.add(field.code(), values.get(field));
        }
    }
    form
}

impl CorrectionChoices {
    fn of(programme: &Programme) -> Self {
        let theme = |it: &crate::store::reference::programme::Theme| {
            Choice::new(it.code.clone(), it.label.clone()).with_hint(it.field.label())
        };
        Self {
            fields: vec![
                Choice::new(Field::Ict.code(), "ICT").with_hint("機器・セキュリティ・ツール"),
                Choice::new(Field::Labor.code(), "労務管理").with_hint("規則・労働時間・評価"),
            ],
            themes: programme.themes.iter().map(theme).collect(),
            modes: Mode::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            organizations: Organization::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            prefectures: prefectures(),
            industries: Industry::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            telework: TeleworkStatus::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            origins: Origin::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
        }
    }
}

impl ShownCorrection {
    pub fn of(it: &SavedCorrection, programme: &Programme) -> Self {
        let shown = |value: Option<&String>| match value {
            None => "（保存期間が終わり、消去しました）".to_owned(),
            Some(value) if value.is_empty() => "入力なし".to_owned(),
            Some(value) => CaseValues::shown(it.field, value, |code| programme.theme_label(code).to_owned()),
        };
        Self {
            label: it.field.label(),
            old: shown(it.old.as_ref()),
            new: shown(it.new.as_ref()),
            reason: it.reason.clone().unwrap_or_default(),
        }
    }
}

/// Returns the values as they were when the application was sent: those that were corrected have the earliest value.
pub fn as_sent(values: &CaseValues, corrections: &[SavedCorrection]) -> CaseValues {
    let mut sent = values.clone();
    for it in corrections.iter().rev() {
        sent.set(it.field, it.old.clone().unwrap_or_default());
    }
    sent
}
