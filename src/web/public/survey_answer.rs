//! Answering a survey: one question a page, saved at each step, checked as a whole, and given once. GET changes nothing.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    publication::Phase,
    survey::{AnswerKind, QuestionAnswer, SurveyAccess, SurveyAnswers, SurveyQuestion, closing_words},
};

use super::surveys::{address, numbered};
use crate::{
    app::App,
    ops::{self, survey::BegunSurvey},
    problem::Problem,
    store, url,
    web::kit::{
        client,
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/survey_begin.html")]
struct BeginPage {
    shell: Shell,
    title: String,
    address: String,
    needs_code: bool,
    /// The end of the time for answers; empty if none are taken.
    closes: String,
    questions: usize,
    typed: FormState,
}

#[derive(Template)]
#[template(path = "public/survey_question.html")]
struct QuestionPage {
    shell: Shell,
    title: String,
    action: String,
    question: SurveyQuestion,
    /// The number of the question, counted from 1.
    number: usize,
    /// The place of the question among those that are shown, and their number.
    place: (usize, usize),
    /// The address of the question before it.
    back: Option<String>,
    choices: Vec<Choice>,
    closes: String,
    typed: FormState,
}

#[derive(Template)]
#[template(path = "public/survey_check.html")]
struct CheckPage {
    shell: Shell,
    title: String,
    action: String,
    /// The number, the question, the answer in words and whether it is missing.
    lines: Vec<(usize, String, String, bool)>,
    is_whole: bool,
    typed: FormState,
}

#[derive(Template)]
#[template(path = "public/survey_thanks.html")]
struct ThanksPage {
    shell: Shell,
    title: String,
    thanks: String,
}

/// The page of a link that leads to nothing any more.
#[derive(Template)]
#[template(path = "public/survey_gone.html")]
struct GonePage {
    shell: Shell,
}

#[get("/surveys/{id}/answer")]
pub async fn begin_page(
    app: Data<App>,
    shell: Shell,
    id: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    begin_form(&app, shell, &id, FormState::of(query)).await
}

#[post("/surveys/{id}/answer")]
pub async fn begin(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, _) = numbered(&shelf, &id, now)?;
    if it.state.phase(now) != Phase::Current {
        return begin_form(&app, shell, &id, FormState::default()).await;
    }
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    let mut typed = FormState::of(form);
    let begun = ops::survey::begin(&app, it.id, typed.form.get("code"), &network).await;
    match typed.value(begun)? {
        Some((survey, response)) => {
            let token = ops::survey::page_token(&app, &survey, response);
            Ok(page::see_other(url::survey_response(&token)))
        }
        None => begin_form(&app, shell, &id, typed).await,
    }
}

#[get("/surveys/{id}/thanks")]
pub async fn thanks(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let (it, facts) = numbered(&shelf, &id, app.clock.now())?;
    let own = facts.form.as_ref().and_then(|it| it.thanks.as_ref());
    let thanks = own.map_or_else(|| "ご協力ありがとうございました。".to_owned(), ToString::to_string);
    page::html(&ThanksPage { shell, title: it.title.to_string(), thanks })
}

#[get("/q/{token}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Some(begun) = ops::survey::response_of(&app, &token).await? else { return gone(shell) };
    let query = Fields::of_query(&req);
    let answers = &begun.response.answers;
    let shown = answers.shown(&begun.form.questions);
    let wanted = query.get("n").parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let first = (*answers == SurveyAnswers::default() && !query.has("check", "1")).then_some(0);
    match wanted.or(first).filter(|at| shown.contains(at)) {
        Some(at) => question_page(shell, &token, &begun, at, FormState::default()),
        None => check_page(shell, &token, &begun, FormState::default()),
    }
}

#[post("/q/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some(begun) = ops::survey::response_of(&app, &token).await? else { return gone(shell) };
    let mut typed = FormState::of(form);
    if typed.form.get("action") == "give" {
        let given = ops::survey::give(&app, &begun).await;
        if matches!(given, Err(Problem::Expired)) {
            return gone(shell);
        }
        if typed.done(given)? {
            return Ok(page::see_other(format!("/surveys/{}/thanks", begun.survey.number)));
        }
        return check_page(shell, &token, &begun, typed);
    }
    let questions = &begun.form.questions;
    let at = typed.form.get("n").parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let (at, question) = at.and_then(|at| Some((at, questions.get(at)?))).ok_or(Problem::Unreadable)?;
    if !begun.response.answers.shows(questions, at) {
        return Ok(page::see_other(url::survey_response(&token)));
    }
    let values: Vec<_> = typed.form.all("answer").collect();
    let parsed = question.parse_answer(&values);
    let Some(answer) = typed.errors.take("answer", parsed) else {
        return question_page(shell, &token, &begun, at, typed);
    };
    let saved = ops::survey::save(&app, &begun, at, answer).await;
    let Some(answers) = typed.value(saved)? else {
        return question_page(shell, &token, &begun, at, typed);
    };
    let next = answers.shown(questions).into_iter().find(|it| *it > at);
    let place = next.map_or_else(|| "?check=1".to_owned(), |next| format!("?n={}", next + 1));
    Ok(page::see_other(format!("{}{place}", url::survey_response(&token))))
}

async fn begin_form(app: &App, shell: Shell, id: &str, typed: FormState) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, id, now)?;
    let form = facts.form.as_ref().ok_or(Problem::NotFound)?;
    let survey = store::survey::find(&app.db, it.id).await?.ok_or(Problem::NotFound)?;
    let is_open = it.state.phase(now) == Phase::Current && survey.is_open(now);
    let status = typed.status();
    let page = BeginPage {
        shell,
        title: it.title.to_string(),
        address: address(it),
        needs_code: form.access == SurveyAccess::ByCode,
        closes: if is_open { closing_words(survey.closes_at) } else { String::new() },
        questions: form.questions.all().len(),
        typed,
    };
    page::html_with(status, &page).map(page::unlisted)
}

fn question_page(
    shell: Shell,
    token: &str,
    begun: &BegunSurvey,
    at: usize,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let question = begun.form.questions.get(at).ok_or(Problem::NotFound)?.clone();
    if typed.form == Fields::default() {
        typed.form = filled(begun.response.answers.get(at));
    }
    let shown = begun.response.answers.shown(&begun.form.questions);
    let place = shown.iter().position(|it| *it == at).unwrap_or_default();
    let action = url::survey_response(token);
    let back = place.checked_sub(1).and_then(|it| shown.get(it));
    let choices = question.answer.choices().iter().enumerate();
    let choices = choices.map(|(at, it)| Choice::new(at.to_string(), it.to_string())).collect();
    let status = typed.status();
    let page = QuestionPage {
        shell,
        title: begun.survey.title.clone(),
        back: back.map(|it| format!("{action}?n={}", it + 1)),
        action,
        number: at + 1,
        place: (place + 1, shown.len()),
        choices,
        closes: closing_words(begun.survey.closes_at),
        question,
        typed,
    };
    page::html_with(status, &page).map(page::unlisted)
}

fn check_page(
    shell: Shell,
    token: &str,
    begun: &BegunSurvey,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let (questions, answers) = (&begun.form.questions, &begun.response.answers);
    let lines = answers.shown(questions).into_iter().filter_map(|at| {
        let question = questions.get(at)?;
        let answer = answers.get(at);
        let is_missing = question.is_required && answer.is_none();
        Some((at + 1, question.text.to_string(), question.words_of(answer), is_missing))
    });
    let status = typed.status();
    let page = CheckPage {
        shell,
        title: begun.survey.title.clone(),
        action: url::survey_response(token),
        lines: lines.collect(),
        is_whole: answers.missing(questions).is_none(),
        typed,
    };
    page::html_with(status, &page).map(page::unlisted)
}

/// Returns the form of a question filled with a saved answer.
fn filled(answer: Option<&QuestionAnswer>) -> Fields {
    let mut form = Fields::default();
    match answer {
        None => {}
        Some(QuestionAnswer::Chosen(chosen)) => {
            chosen.iter().for_each(|it| form.add("answer", it.to_string()));
        }
        Some(QuestionAnswer::Number(number)) => form.add("answer", number.to_string()),
        Some(QuestionAnswer::Text(text)) => form.add("answer", text.as_str()),
    }
    form
}

fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html_with(StatusCode::GONE, &GonePage { shell })
}

impl QuestionPage {
    fn has_one_choice(&self) -> bool {
        matches!(self.question.answer, AnswerKind::Single(_))
    }

    fn has_choices(&self) -> bool {
        !self.choices.is_empty()
    }

    fn is_number(&self) -> bool {
        self.question.answer == AnswerKind::Number
    }

    /// Returns the label of the one field.
    fn label(&self) -> String {
        format!("問{}　{}", self.number, self.question.text)
    }
}
