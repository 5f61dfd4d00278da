//! The form of a follow-up question. The mail's link and the company's own page show the same form.
use std::fmt;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::{
        FollowUp, FollowUpAnswer, FollowUpState, Kind, Progress, ProgressAnswer, SurveyAgreement,
        SurveyAnswer,
    },
    text::{Prose, optional},
    wording::month_day_time,
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
    },
};

/// The length of the longest comment, in characters.
const LONGEST: usize = 1000;
const SENTENCES: [&str; 3] = ["purpose_achieved", "satisfied", "will_consider"];

/// The page on which the form is shown.
#[derive(Clone, Debug)]
pub struct Place {
    pub number: String,
    pub action: String,
    /// The address of the page before; empty for a visitor who came by mail and is not signed in.
    pub back: String,
}

#[derive(Template)]
#[template(path = "company/answer.html")]
struct AnswerPage {
    shell: Shell,
    place: Place,
    is_survey: bool,
    title: &'static str,
    /// The administrator's text of the question; may be empty.
    question: String,
    /// The name and the sentence of each question of the survey.
    sentences: Vec<(&'static str, &'static str)>,
    choices: Vec<Choice>,
    form: Fields,
    errors: FieldErrors,
    /// Until when the answer can be changed; empty before the first answer.
    editable: String,
}

/// The page for a question that is no longer asked or not asked yet.
#[derive(Template)]
#[template(path = "company/answer_over.html")]
struct OverPage {
    shell: Shell,
    place: Place,
    title: &'static str,
    why: String,
    /// Whether the question was answered.
    thanks: bool,
}

/// Shows the question with the previous answer, or with the answer that the mail's link names.
pub fn page(
    app: &App,
    shell: Shell,
    it: &FollowUp,
    place: &Place,
    named: &str,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    if let Err(refused) = it.takes_answer(now) {
        return over(shell, it, place, StatusCode::OK, refused.to_string());
    }
    let mut form = match &it.state {
        FollowUpState::Answered { answer, .. } => typed(answer),
        FollowUpState::Planned
        | FollowUpState::Sent { .. }
        | FollowUpState::Skipped
        | FollowUpState::Lapsed => Fields::default(),
    };
    if let Some(progress) = Progress::from_code(named).filter(|_| it.kind != Kind::Survey) {
        let others: Fields = form.pairs().filter(|(name, _)| *name != "answer").collect();
        form = others;
        form.add("answer", progress.code());
    }
    page::html(&answer_page(shell, it, place.clone(), form, FieldErrors::default(), now))
}

/// Saves the answer. An answer that is sent again unchanged is saved once.
pub async fn take(
    app: &App,
    shell: Shell,
    it: &FollowUp,
    place: &Place,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let read =
        if it.kind == Kind::Survey { survey(&form, &mut errors) } else { progress(&form, &mut errors) };
    let Some(answer) = read.filter(|_| errors.is_empty()) else {
        return page::unprocessable(&answer_page(shell, it, place.clone(), form, errors, app.clock.now()));
    };
    let known = matches!(&it.state, FollowUpState::Answered { answer: before, .. } if *before == answer);
    if !known {
        match ops::aftercare::follow_up::answer(app, it.id, answer).await {
            Ok(()) => {}
            Err(Problem::Refused(why)) => return over(shell, it, place, StatusCode::CONFLICT, why),
            Err(problem) => return Err(problem),
        }
    }
    Ok(page::see_other_with(&place.action, "回答を受け付けました。ありがとうございました。"))
}

fn answer_page(
    shell: Shell,
    it: &FollowUp,
    place: Place,
    form: Fields,
    errors: FieldErrors,
    now: DateTime<Utc>,
) -> AnswerPage {
    let is_survey = it.kind == Kind::Survey;
    let agreements = || SurveyAgreement::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec();
    let progress = || Progress::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec();
    AnswerPage {
        shell,
        place,
        is_survey,
        title: title(it.kind),
        question: it.step.question.clone(),
        sentences: SENTENCES.into_iter().zip(SurveyAnswer::SENTENCES).collect(),
        choices: if is_survey { agreements() } else { progress() },
        form,
        errors,
        editable: it.editable_until().filter(|it| now < *it).map(month_day_time).unwrap_or_default(),
    }
}

fn over(
    shell: Shell,
    it: &FollowUp,
    place: &Place,
    status: StatusCode,
    why: String,
) -> Result<HttpResponse, Problem> {
    let thanks = matches!(it.state, FollowUpState::Answered { .. });
    page::html_with(status, &OverPage { shell, place: place.clone(), title: title(it.kind), why, thanks })
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Survey => "アンケート",
        Kind::ThreeMonths | Kind::SixMonths | Kind::NextYear | Kind::Custom => {
            "その後の状況をお知らせください"
        }
    }
}

/// The error for a question that was left without an answer.
#[derive(Clone, Copy, Debug)]
struct NotChosen(&'static str);

impl fmt::Display for NotChosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "「{}」の回答を選択してください", self.0)
    }
}

fn survey(form: &Fields, errors: &mut FieldErrors) -> Option<FollowUpAnswer> {
    let mut answers = SENTENCES.into_iter().zip(SurveyAnswer::SENTENCES).map(|(name, sentence)| {
        errors.take(name, SurveyAgreement::from_code(form.get(name)).ok_or(NotChosen(sentence)))
    });
    let (first, second, third) = (answers.next()?, answers.next()?, answers.next()?);
    drop(answers);
    let comment = comment(form, errors);
    Some(FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: first?,
        satisfied: second?,
        will_consider: third?,
        wants_further_session: form.has("help", "1"),
        comment,
    }))
}

fn progress(form: &Fields, errors: &mut FieldErrors) -> Option<FollowUpAnswer> {
    let progress = Progress::from_code(form.get("answer")).ok_or(NotChosen("テレワークの状況"));
    let progress = errors.take("answer", progress);
    let comment = comment(form, errors);
    Some(FollowUpAnswer::Progress(ProgressAnswer {
        progress: progress?,
        wants_help: form.has("help", "1"),
        comment,
    }))
}

fn comment(form: &Fields, errors: &mut FieldErrors) -> String {
    let parsed = optional(form.get("comment"), |raw| Prose::parse("ご意見", raw, LONGEST));
    errors.take("comment", parsed).flatten().map(|it| it.as_str().to_owned()).unwrap_or_default()
}

/// Returns the form filled in with an answer.
fn typed(answer: &FollowUpAnswer) -> Fields {
    let (mut form, help, comment) = match answer {
        FollowUpAnswer::Survey(it) => {
            let given = [it.purpose_achieved, it.satisfied, it.will_consider];
            let fields = SENTENCES.into_iter().zip(given.map(SurveyAgreement::code)).collect::<Fields>();
            (fields, it.wants_further_session, &it.comment)
        }
        FollowUpAnswer::Progress(it) => {
            (Fields::from_iter([("answer", it.progress.code())]), it.wants_help, &it.comment)
        }
    };
    if help {
        form.add("help", "1");
    }
    form.add("comment", comment.as_str());
    form
}
