//! The fields of the notice of a survey, with its questions if they are asked here.
use domain::{
    intake::contact::Telephone,
    prefecture::Prefecture,
    publication::{
        guide::{Industry, TeleworkStatus},
        survey::{SurveyAccess, SurveyChannel, SurveyFacts, SurveyForm, SurveyTarget},
    },
    survey::SurveyQuestions,
    text::{Prose, TextLine, optional},
    wording::iso_date,
};

use crate::web::kit::{
    date_form,
    form::{Choice, FieldErrors, Fields},
};

/// The choices that no other kind has.
#[derive(Clone, Debug, Default)]
pub struct SurveyChoices {
    pub channels: Vec<Choice>,
    pub access: Vec<Choice>,
}

pub fn choices() -> SurveyChoices {
    SurveyChoices {
        channels: SurveyChannel::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        access: SurveyAccess::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
    }
}

pub fn fill(facts: &SurveyFacts, form: &mut Fields) {
    let line = |it: &Option<TextLine>| it.as_ref().map(ToString::to_string).unwrap_or_default();
    form.add("office", facts.office.as_str());
    form.add("firm", line(&facts.firm));
    facts.channels.iter().for_each(|it| form.add("channel", it.code()));
    form.add("starts_date", iso_date(facts.starts_on));
    form.add("ends_date", iso_date(facts.ends_on));
    form.add("contact", facts.contact.as_str());
    form.add("survey_phone", line(&facts.phone));
    form.add("words", line(&facts.words));
    fill_target(&facts.target, form);
    form.add("target_note", line(&facts.target.note));
    if let Some(own) = &facts.form {
        form.add("access", own.access.code());
        form.add("closes_date", iso_date(own.closes_on));
        form.add("questions", own.questions.notation());
        form.add("thanks", own.thanks.as_ref().map(ToString::to_string).unwrap_or_default());
    }
}

/// Fills the boxes of those who are asked.
pub fn fill_target(target: &SurveyTarget, form: &mut Fields) {
    target.prefectures.iter().for_each(|it| form.add("prefecture", it.two_digits()));
    target.industries.iter().for_each(|it| form.add("industry", it.code()));
    target.statuses.iter().for_each(|it| form.add("status", it.code()));
}

/// Returns those who are asked, as the boxes choose them. A value that is none is left out.
pub fn target(form: &Fields) -> SurveyTarget {
    SurveyTarget {
        prefectures: form.all("prefecture").filter_map(|it| Prefecture::parse(it).ok()).collect(),
        industries: form.all("industry").filter_map(Industry::from_code).collect(),
        statuses: form.all("status").filter_map(TeleworkStatus::from_code).collect(),
        note: None,
    }
}

pub fn parse(form: &Fields, errors: &mut FieldErrors) -> Option<SurveyFacts> {
    let office = errors.take("office", TextLine::parse("実施する機関", form.get("office"), 60));
    let mut line = |name: &'static str, label: &'static str, max: usize| {
        errors.take(name, optional(form.get(name), |it| TextLine::parse(label, it, max)))
    };
    let firm = line("firm", "委託した会社", 100);
    let words = line("words", "封筒や手紙にある言葉", 200);
    let note = line("target_note", "対象の補足", 200);
    let phone = optional(form.get("survey_phone"), |it| {
        Telephone::parse(it).map_err(|err| err.to_string())?;
        TextLine::parse("調査の電話番号", it, 40).map_err(|err| err.to_string())
    });
    let phone = errors.take("survey_phone", phone);
    let mut day = |name: &'static str| errors.take(name, date_form::iso(form.get(name)));
    let (starts_on, ends_on) = (day("starts_date"), day("ends_date"));
    let contact = errors.take("contact", TextLine::parse("調査の問合せ先", form.get("contact"), 200));
    let own = questions(form, errors);
    let facts = SurveyFacts {
        office: office?,
        firm: firm?,
        target: SurveyTarget { note: note?, ..target(form) },
        channels: form.all("channel").filter_map(SurveyChannel::from_code).collect(),
        starts_on: starts_on?,
        ends_on: ends_on?,
        contact: contact?,
        phone: phone?,
        words: words?,
        pictures: Vec::new(),
        form: own?,
    };
    for fault in facts.faults() {
        errors.add(fault.field(), fault.to_string());
    }
    Some(facts)
}

/// Parses the questions; the inner `None` if none are asked here.
fn questions(form: &Fields, errors: &mut FieldErrors) -> Option<Option<SurveyForm>> {
    let typed = form.get("questions").trim();
    let Some(access) = SurveyAccess::from_code(form.get("access")) else {
        if !typed.is_empty() {
            errors.add("access", "質問をここで受け付けるときは、回答できる方を選択してください");
            return None;
        }
        return Some(None);
    };
    let closes_on = errors.take("closes_date", date_form::iso(form.get("closes_date")));
    let questions = errors.take("questions", SurveyQuestions::parse(typed));
    let thanks = optional(form.get("thanks"), |it| Prose::parse("回答のあとに表示する言葉", it, 1_000));
    let thanks = errors.take("thanks", thanks);
    Some(Some(SurveyForm { access, closes_on: closes_on?, thanks: thanks?, questions: questions? }))
}
