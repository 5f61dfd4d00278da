//! The form of a report: its expert fills it in, or a coordinator in the expert's stead.
use domain::{
    aftercare::report::{MOST_EXAMPLES, ReportBody},
    publication::{PublicationKind, guide::proposal::MOST_GUIDES},
    text::{BadText, Prose, optional},
};

use super::form::{FieldErrors, Fields};
use crate::{ops::aftercare::report::Saving, url};

/// The texts of a report: name, label, greatest number of characters, and whether the text is required.
const TEXTS: [(&str, &str, usize, bool); 7] = [
    ("attendees", "出席者", 500, false),
    ("present_state", "現状", 4000, true),
    ("advice", "助言の内容", 4000, true),
    ("next_steps", "今後の取組み", 4000, true),
    ("documents", "紹介したツール・資料", 2000, false),
    ("expected_introduction", "テレワーク導入の見込み時期", 100, false),
    ("internal_note", "センターへの連絡（内部）", 2000, false),
];

/// Parses a report, or returns the errors of its fields. The required texts may be empty until the report is submitted.
pub fn parse(form: &Fields, saving: Saving) -> Result<ReportBody, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut texts = TEXTS.into_iter().map(|(name, label, max, required)| {
        let parse = |raw: &str| Prose::parse(label, raw, max);
        let parsed: Result<_, BadText> = if required && saving == Saving::Submit {
            parse(form.get(name)).map(Some)
        } else {
            optional(form.get(name), parse)
        };
        errors.take(name, parsed).flatten().map(String::from).unwrap_or_default()
    });
    let mut next = || texts.next().unwrap_or_default();
    let body = ReportBody {
        attendees: next(),
        present_state: next(),
        advice: next(),
        next_steps: next(),
        documents: next(),
        expected_introduction: next(),
        internal_note: next(),
        further_appointment: form.has("further_session", "1"),
        other_field: form.has("other_field", "1"),
        publishable: form.has("publishable", "1"),
        examples: numbers(form, "example"),
        guides: numbers(form, "guide"),
    };
    drop(texts);
    if body.examples.len() > MOST_EXAMPLES {
        errors.add("example", format!("紹介する事例は{MOST_EXAMPLES}件までにしてください"));
    }
    if body.guides.len() > MOST_GUIDES {
        errors.add("guide", format!("紹介する支援制度は{MOST_GUIDES}件までにしてください"));
    }
    if errors.is_empty() { Ok(body) } else { Err(errors) }
}

fn numbers(form: &Fields, name: &str) -> Vec<i32> {
    form.all(name).filter_map(|it| it.parse().ok()).collect()
}

/// Returns the form filled in with a report.
pub fn typed(body: &ReportBody) -> Fields {
    let mut form: Fields = TEXTS.iter().map(|it| it.0).zip(texts(body)).collect();
    for (name, value) in flags(body) {
        if value {
            form.add(name, "1");
        }
    }
    body.examples.iter().for_each(|it| form.add("example", it.to_string()));
    body.guides.iter().for_each(|it| form.add("guide", it.to_string()));
    form
}

/// Returns the texts in the order of `TEXTS`.
fn texts(body: &ReportBody) -> [&str; 7] {
    [
        &body.attendees,
        &body.present_state,
        &body.advice,
        &body.next_steps,
        &body.documents,
        &body.expected_introduction,
        &body.internal_note,
    ]
}

const fn flags(body: &ReportBody) -> [(&'static str, bool); 3] {
    [
        ("further_session", body.further_appointment),
        ("other_field", body.other_field),
        ("publishable", body.publishable),
    ]
}

/// Returns each label with the text of the report, in the order of the form.
pub fn labelled(body: &ReportBody) -> Vec<(&'static str, String)> {
    let yes = |it: bool, yes: &str, no: &str| if it { yes.to_owned() } else { no.to_owned() };
    let mut rows: Vec<_> = TEXTS.iter().zip(texts(body)).map(|(it, text)| (it.1, text.to_owned())).collect();
    rows.push(("次回の相談", yes(body.further_appointment, "必要", "不要")));
    rows.push(("もう一方の分野の相談", yes(body.other_field, "必要", "不要")));
    let attached = [
        ("紹介する事例", PublicationKind::Example, &body.examples),
        ("紹介する支援制度", PublicationKind::Guide, &body.guides),
    ];
    for (label, kind, numbers) in attached.into_iter().filter(|(.., numbers)| !numbers.is_empty()) {
        let addresses = numbers.iter().map(|it| url::publication(kind, *it));
        rows.push((label, addresses.collect::<Vec<_>>().join("\n")));
    }
    rows.push(("匿名での事例公開", yes(body.publishable, "企業が同意している", "同意なし")));
    rows
}
