//! The form of a follow-up question. The mail's link and the company's own page show the same form.
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::{FollowUp, FollowUpState, Kind, Progress},
    wording::month_day_time,
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        follow_up_form::{self, FollowUpForm, title},
        form::{FieldErrors, Fields},
        page::{self, Shell},
    },
};

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
    asked: FollowUpForm,
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
    let mut form = follow_up_form::given(it);
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
    let answer = match follow_up_form::read(it, &form) {
        Ok(answer) => answer,
        Err(errors) => {
            let now = app.clock.now();
            return page::unprocessable(&answer_page(shell, it, place.clone(), form, errors, now));
        }
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
    AnswerPage {
        shell,
        place,
        asked: FollowUpForm::of(it),
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
