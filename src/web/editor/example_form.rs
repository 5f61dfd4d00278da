//! The fields of an example.
use chrono::{Datelike, NaiveDate};
use domain::{
    intake::company::Headcount,
    prefecture::Prefecture,
    publication::{
        example::{ExampleFacts, Field, Industry, award::AWARDS},
        news::WebAddress,
    },
    text::{Prose, TextLine, digits, optional},
};

use crate::{
    store::reference::programme::Theme,
    web::kit::form::{Choice, FieldErrors, Fields, prefectures},
};

/// The length of the longest of its texts, in characters.
const LONGEST_TEXT: usize = 2_000;

/// The first year of an example.
const FIRST_YEAR: i32 = 1990;

/// The choices of the fields of an example.
#[derive(Clone, Debug, Default)]
pub struct ExampleChoices {
    pub prefectures: Vec<Choice>,
    pub industries: Vec<Choice>,
    pub fields: Vec<Choice>,
    pub themes: Vec<Choice>,
    pub awards: Vec<&'static str>,
}

pub fn choices(themes: &[Theme]) -> ExampleChoices {
    ExampleChoices {
        prefectures: prefectures(),
        industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        fields: Field::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        themes: themes.iter().map(|it| Choice::new(it.code.clone(), it.label.clone())).collect(),
        awards: AWARDS.iter().map(|it| it.name).collect(),
    }
}

pub fn fill(facts: &ExampleFacts, form: &mut Fields) {
    let line = |it: &Option<TextLine>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
    let prose = |it: &Option<Prose>| it.as_ref().map_or(String::new(), |it| it.as_str().to_owned());
    form.add("organization", facts.organization.as_str());
    form.add("prefecture", facts.prefecture.map_or_else(String::new, Prefecture::two_digits));
    form.add("industry", facts.industry.code());
    form.add("employees", facts.employees.map_or_else(String::new, |it| it.to_string()));
    facts.fields.iter().for_each(|it| form.add("field", it.code()));
    facts.themes.iter().for_each(|it| form.add("theme", it.as_str()));
    form.add("summary", facts.summary.as_str());
    form.add("key_effect", line(&facts.key_effect));
    form.add("before", prose(&facts.before));
    form.add("measures", facts.measures.as_str());
    form.add("effects", prose(&facts.effects));
    form.add("quotation", line(&facts.quotation));
    form.add("quoted", line(&facts.quoted));
    form.add("year", facts.year.to_string());
    form.add("award", line(&facts.award));
    form.add("link", facts.link.as_ref().map_or("", |it| it.as_str()));
    form.add("source", facts.source.as_str());
}

/// Parses the fields. A theme that is not among `themes` is left out, as one that was retired while the form was open.
pub fn parse(
    form: &Fields,
    themes: &[Theme],
    today: NaiveDate,
    errors: &mut FieldErrors,
) -> Option<ExampleFacts> {
    let organization =
        errors.take("organization", TextLine::parse("企業・団体", form.get("organization"), 100));
    let prefecture = errors.take("prefecture", optional(form.get("prefecture"), Prefecture::parse));
    let industry = Industry::from_code(form.get("industry")).ok_or("業種を選択してください");
    let industry = errors.take("industry", industry);
    let employees = optional(form.get("employees"), |it| Headcount::parse("従業員数", it));
    let employees = errors.take("employees", employees).map(|it| it.map(Headcount::get));
    let summary = errors.take("summary", TextLine::parse("取組の要約", form.get("summary"), 200));
    let mut line =
        |name, label, max| errors.take(name, optional(form.get(name), |it| TextLine::parse(label, it, max)));
    let key_effect = line("key_effect", "効果の要点", 60);
    let quotation = line("quotation", "担当者の言葉", 300);
    let quoted = line("quoted", "話した人の役割", 60);
    let award = line("award", "表彰の名称", 60);
    let mut prose =
        |name, label| errors.take(name, optional(form.get(name), |it| Prose::parse(label, it, LONGEST_TEXT)));
    let before = prose("before", "導入前の状況");
    let effects = prose("effects", "効果");
    let measures = Prose::parse("取り組んだこと", form.get("measures"), LONGEST_TEXT);
    let measures = errors.take("measures", measures);
    let last = today.year() + 1;
    let year = digits(form.get("year")).parse().ok().filter(|it| (FIRST_YEAR..=last).contains(it));
    let year =
        errors.take("year", year.ok_or(format!("年は、{FIRST_YEAR}から{last}までの西暦で入力してください")));
    let link = errors.take("link", optional(form.get("link"), WebAddress::parse));
    let source = errors.take("source", TextLine::parse("出典", form.get("source"), 200));
    let known = |code: &str| themes.iter().any(|it| it.code == code);
    Some(ExampleFacts {
        organization: organization?,
        prefecture: prefecture?,
        industry: industry?,
        employees: employees?,
        themes: form.all("theme").filter(|it| known(it)).map(str::to_owned).collect(),
        fields: form.all("field").filter_map(Field::from_code).collect(),
        summary: summary?,
        key_effect: key_effect?,
        before: before?,
        measures: measures?,
        effects: effects?,
        quotation: quotation?,
        quoted: quoted?,
        year: year?,
        award: award?,
        link: link?,
        source: source?,
        pictures: Vec::new(),
    })
}
