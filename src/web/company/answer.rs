//! The form of a follow-up question. The mail's link and the company's own page show the same form.
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    actor::Party,
    aftercare::follow_up::{Addressee, FollowUp, FollowUpState, Kind, Progress},
    due::{Due, DueKind},
    wording::{month_day_time, month_day_weekday},
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, consultation::Record},
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
    question: FollowUpForm,
    form: Fields,
    errors: FieldErrors,
    /// Until when the answer can be changed; empty before the first answer.
    editable: String,
}

/// The page after an answer: thanks, and what happens next.
#[derive(Template)]
#[template(path = "company/answer_thanks.html")]
struct ThanksPage {
    shell: Shell,
    place: Place,
    title: &'static str,
    /// The next steps, one sentence each.
    next: Vec<String>,
    /// Until when the answer can be changed; empty afterwards.
    editable: String,
    /// The other questions that wait for an answer, each with its address; only for a visitor who is signed in.
    open: Vec<(String, String)>,
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

/// Shows the question with the previous answer, or with the answer that the mail's link names. After an answer, shows
/// the page that thanks for it.
pub async fn page(
    app: &App,
    shell: Shell,
    it: &FollowUp,
    place: &Place,
    query: &Fields,
) -> Result<HttpResponse, Problem> {
    let (now, named) = (app.clock.now(), query.get("answer"));
    if query.get("done") == "1" && it.given().is_some() {
        return thanks(app, shell, it, place.clone()).await;
    }
    if let Err(refused) = it.takes_answer(Party::Company, now) {
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
    Ok(page::see_other(format!("{}?done=1", place.action)))
}

async fn thanks(app: &App, shell: Shell, it: &FollowUp, place: Place) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let record = store::consultation::find(&app.db, it.consultation).await?.ok_or(Problem::NotFound)?;
    let all = store::aftercare::follow_up::of(&app.db, it.consultation).await?;
    let signed_in = !place.back.is_empty();
    let open = all.iter().filter(|other| signed_in && other.id != it.id && other.is_open());
    let path = |other: &FollowUp| format!("{}/questions/{}", place.back, other.id);
    let open = open.map(|other| (other.step.label.clone(), path(other))).collect();
    let next = what_follows(&record, it, &all, now);
    let editable = it.editable_until().filter(|it| now < *it).map(month_day_time).unwrap_or_default();
    page::html(&ThanksPage { shell, title: title(it.kind), next, editable, open, place })
}

/// Returns what happens after an answer, with its dates.
fn what_follows(record: &Record, it: &FollowUp, all: &[FollowUp], now: DateTime<Utc>) -> Vec<String> {
    let mut next = Vec::new();
    let due = record.due.as_ref().filter(|due| due.kind == DueKind::FirstContact).and_then(Due::at);
    if it.asks_for_help() {
        next.push(match due.filter(|due| now < *due).map(month_day_weekday) {
            Some(day) => {
                format!("さらに相談したいとのこと、承りました。{day}までに、センターからご連絡します。")
            }
            None => "さらに相談したいとのこと、承りました。センターからご連絡します。".to_owned(),
        });
    }
    let planned = all.iter().filter(|other| other.state == FollowUpState::Planned && now < other.due_at);
    let planned = planned.filter(|other| other.step.to == Addressee::Company);
    if let Some(first) = planned.min_by_key(|other| other.due_at) {
        let day = month_day_weekday(first.due_at);
        next.push(format!("次は、{day}に「{}」のメールをお送りします。", first.step.label));
    } else if next.is_empty() {
        next.push(match record.consultation.state.is_open() {
            true => "これ以上のお願いはありません。手続きは必要ありません。".to_owned(),
            false => {
                "この相談は、すべて終わりました。相談が必要になったときは、あらためて申し込むことができます。"
                    .to_owned()
            }
        });
    }
    next
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
        question: FollowUpForm::of(it),
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
