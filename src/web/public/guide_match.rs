//! The matcher of the guide: four questions, one on a page, then the entries that fit. The answers stand in the address
//! and are stored nowhere.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use domain::{
    calendar::japan_date,
    prefecture::Prefecture,
    publication::guide::{CompanySize, GuideAnswers, GuideFacts, GuideMatch, GuidePurpose, TeleworkStatus},
};

use super::guide::{GuideLine, line};
use crate::{
    app::App,
    problem::Problem,
    store::publication::shelf::ShelvedPublication,
    web::kit::{
        form::{Choice, Fields, prefectures},
        page::{self, Shell},
    },
};

/// The most entries of each group that a result shows.
const SHOWN: usize = 50;

/// The answer 「わからない」.
const UNKNOWN: &str = "unknown";

/// The questions in their order: the name of the field, the words, and the label of the answer.
const QUESTIONS: [(&str, &str, &str); 4] = [
    ("region", "会社はどこにありますか", "所在地"),
    ("size", "常時雇用する従業員は何人ですか", "従業員数"),
    ("status", "テレワークを導入していますか", "テレワークの状況"),
    ("purpose", "何のための支援を探していますか", "目的"),
];

#[derive(Template)]
#[template(path = "public/guide_question.html")]
struct QuestionPage {
    shell: Shell,
    /// The number of the question; the first is 1.
    number: usize,
    name: &'static str,
    question: &'static str,
    choices: Vec<Choice>,
    /// The answers to the other questions, which the form passes on.
    others: Vec<(&'static str, String)>,
    form: Fields,
}

#[derive(Template)]
#[template(path = "public/guide_result.html")]
struct ResultPage {
    shell: Shell,
    answers: Vec<Answered>,
    fitting: Vec<Matched>,
    to_check: Vec<Matched>,
    /// The numbers of all entries that fit, and of all that may fit.
    counts: (usize, usize),
}

/// One answer, with the address at which it is changed.
struct Answered {
    label: &'static str,
    answer: String,
    change: String,
}

struct Matched {
    line: GuideLine,
    /// Why it is shown.
    because: String,
    /// The conditions to be checked.
    open: String,
}

#[get("/guide/match")]
pub async fn ask(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let is_answered = |name: &str| choices(name).iter().any(|it| query.has(name, it.value.as_ref()));
    let changed = QUESTIONS.iter().position(|(name, ..)| query.get("change") == *name);
    match changed.or_else(|| QUESTIONS.iter().position(|(name, ..)| !is_answered(name))) {
        Some(at) => page::html(&question_page(shell, &query, at)),
        None => result(&app, shell, &query).await,
    }
}

async fn result(app: &App, shell: Shell, query: &Fields) -> Result<HttpResponse, Problem> {
    let answers = GuideAnswers {
        prefecture: Prefecture::parse(query.get("region")).ok(),
        size: CompanySize::from_code(query.get("size")),
        status: TeleworkStatus::from_code(query.get("status")),
        purpose: GuidePurpose::from_code(query.get("purpose")),
        industry: None,
    };
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let today = japan_date(now);
    let found = shelf
        .guide(now, shell.settings.guide_check_days)
        .filter_map(|(it, guide)| guide.matching(&answers, today).map(|how| (it, guide, how)));
    let (mut fitting, mut to_check): (Vec<_>, Vec<_>) = found.partition(|(_, _, how)| how.is_whole());
    let counts = (fitting.len(), to_check.len());
    fitting.truncate(SHOWN);
    to_check.truncate(SHOWN);
    let lines = |all: Vec<(&ShelvedPublication, &GuideFacts, GuideMatch)>| -> Vec<Matched> {
        all.into_iter().map(|(it, guide, how)| matched(line(it, guide, today), &how)).collect()
    };
    let (fitting, to_check) = (lines(fitting), lines(to_check));
    page::html(&ResultPage { answers: answered(query), shell, fitting, to_check, counts })
}

fn matched(line: GuideLine, it: &GuideMatch) -> Matched {
    let words = |of: &[domain::publication::guide::GuideCondition]| {
        of.iter().map(|it| it.words()).collect::<Vec<_>>().join("、")
    };
    Matched { line, because: words(&it.met), open: words(&it.open) }
}

fn question_page(shell: Shell, query: &Fields, at: usize) -> QuestionPage {
    let (name, question, _) = QUESTIONS[at];
    let others = QUESTIONS.iter().filter(|(it, ..)| *it != name && !query.get(it).is_empty());
    QuestionPage {
        shell,
        number: at + 1,
        name,
        question,
        choices: choices(name),
        others: others.map(|(it, ..)| (*it, query.get(it).to_owned())).collect(),
        form: query.clone(),
    }
}

fn answered(query: &Fields) -> Vec<Answered> {
    let given = QUESTIONS.map(|(name, ..)| format!("{name}={}", query.get(name))).join("&");
    let answered = QUESTIONS.map(|(name, _, label)| {
        let choices = choices(name);
        let chosen = choices.into_iter().find(|it| query.has(name, it.value.as_ref()));
        Answered {
            label,
            answer: chosen.map_or_else(String::new, |it| it.label.into_owned()),
            change: format!("/guide/match?{given}&change={name}"),
        }
    });
    answered.into()
}

fn choices(name: &str) -> Vec<Choice> {
    let mut choices: Vec<_> = match name {
        "region" => prefectures(),
        "size" => CompanySize::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        "status" => TeleworkStatus::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        _ => GuidePurpose::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
    };
    choices.push(Choice::new(UNKNOWN, "わからない"));
    choices
}
