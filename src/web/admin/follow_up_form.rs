//! The form for one question of the follow-up programme.
use domain::{
    aftercare::follow_up::{Addressee, Condition, FollowUpStart, FollowUpStep, Kind, Stop, When},
    text::{TextLine, digits, optional},
};

use crate::web::kit::form::{Choice, FieldErrors, Fields};

pub const UNITS: [(&str, &str); 3] =
    [("business_days", "営業日後"), ("months", "か月後"), ("next_year", "月の最初の営業日（翌年度）")];

pub fn fill(step: &FollowUpStep) -> Fields {
    let (unit, n) = match step.when {
        When::BusinessDays(n) => ("business_days", n.to_string()),
        When::Months(n) => ("months", n.to_string()),
        When::NextYear(month) => ("next_year", month.to_string()),
    };
    let mut form = Fields::from_iter([
        ("label", step.label.as_str()),
        ("question", &step.question),
        ("from", step.from.code()),
        ("unit", unit),
        ("n", &n),
        ("to", step.to.code()),
        ("condition", step.condition.code()),
    ]);
    form.add("until_months", step.until_months.map(|it| it.to_string()).unwrap_or_default());
    for stop in &step.stops_on {
        form.add("stops_on", stop.code());
    }
    form
}

/// Parses the form into a changed copy of `step`; every mistake is added to `errors`, not only the first.
pub fn parse(form: &Fields, step: FollowUpStep, errors: &mut FieldErrors) -> Option<FollowUpStep> {
    let label = errors.take("label", TextLine::parse("名称", form.get("label"), 30));
    let question =
        errors.take("question", optional(form.get("question"), |raw| TextLine::parse("質問の文", raw, 120)));
    let n = digits(form.get("n")).parse::<u8>();
    let n = errors.take("n", n.map_err(|_| "1以上の整数で入力してください"));
    let when = |n: u8| match form.get("unit") {
        "business_days" => Some(When::BusinessDays(u16::from(n))),
        "months" => Some(When::Months(n)),
        "next_year" => Some(When::NextYear(n)),
        _ => None,
    };
    let when = n.and_then(|n| errors.take("unit", when(n).ok_or("時期の単位を選択してください")));
    let until = optional(&digits(form.get("until_months")), str::parse::<u8>);
    let until = errors.take("until_months", until.map_err(|_| "1から36までの数を入力してください"));
    let chosen = |name: &str, code: &str| form.get(name) == code;
    let from = FollowUpStart::ALL.into_iter().find(|it| chosen("from", it.code()));
    let from = errors.take("from", from.ok_or("起点を選択してください"));
    let to = Addressee::ALL.into_iter().find(|it| chosen("to", it.code()));
    let to = errors.take("to", to.ok_or("相手を選択してください"));
    let condition = Condition::ALL.into_iter().find(|it| chosen("condition", it.code()));
    let condition = errors.take("condition", condition.ok_or("条件を選択してください"));
    let parsed = FollowUpStep {
        label: label?.into(),
        question: question?.map(String::from).unwrap_or_default(),
        from: from?,
        when: when?,
        to: to?,
        condition: condition?,
        until_months: until?,
        stops_on: Stop::ALL.into_iter().filter(|it| form.has("stops_on", it.code())).collect(),
        ..step
    };
    for bad in parsed.check() {
        errors.add(bad.field, bad.message);
    }
    errors.is_empty().then_some(parsed)
}

/// Returns the step that a new question starts from.
pub fn new(id: String) -> FollowUpStep {
    let label = String::new();
    FollowUpStep { id, label, ..FollowUpStep::plain(Kind::Custom, When::Months(3)) }
}

pub fn units() -> Vec<Choice> {
    UNITS.map(|(code, label)| Choice::new(code, label)).to_vec()
}

pub fn origins() -> Vec<Choice> {
    FollowUpStart::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}

pub fn addressees() -> Vec<Choice> {
    Addressee::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}

pub fn conditions() -> Vec<Choice> {
    Condition::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}

pub fn stops() -> Vec<Choice> {
    Stop::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec()
}
