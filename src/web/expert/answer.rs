//! Answering a request with 「引き受ける」 or 「断る」, on the page or by the link in the mail.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::TimeDelta;
use domain::{
    booking::appointment::Appointment,
    id::{AccountId, AssignmentId},
    number::CaseNumber,
    routing::assignment::{Assignment, AssignmentState},
    text::Prose,
    wording,
};

use super::case::{SummaryRow, outline};
use crate::{
    app::App,
    ops,
    problem::Problem,
    secret::Purpose,
    store::{self, consultation::Record},
    url,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        form_state::sentence,
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// The distance from the requested slot within which another booking causes a warning.
const NEAR: TimeDelta = TimeDelta::hours(3);
/// The length of the longest reason, in characters.
const LONGEST_REASON: usize = 500;

#[derive(Template)]
#[template(path = "expert/answer.html")]
struct AnswerPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    notice: Option<String>,
    /// The page to go back to; `None` for an expert who came by the link.
    back: Option<String>,
    number: String,
    fields: &'static str,
    due: String,
    overdue: bool,
    outline: Vec<SummaryRow>,
    /// The expert's other bookings near the slot.
    near: Vec<String>,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "expert/answered.html")]
struct AnsweredPage {
    shell: Shell,
    title: &'static str,
    what: String,
    when: Option<String>,
    /// The consultation's page, if the expert may open it.
    case: Option<String>,
}

enum Answer {
    Accept,
    Decline(Prose),
}

#[get("/expert/consultations/{number}/answer")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (record, mine) = by_number(&app, &expert, &number).await?;
    if mine.state != AssignmentState::Offered {
        return over(&app, shell, &record, &mine).await;
    }
    let request = Request { record: &record, mine: &mine, back: Some("/expert".to_owned()) };
    page::html(&request.page(&app, shell, preselected(&req), FieldErrors::default(), None).await?)
}

#[post("/expert/consultations/{number}/answer")]
pub async fn submit(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (record, mine) = by_number(&app, &expert, &number).await?;
    if mine.state != AssignmentState::Offered {
        return over(&app, shell, &record, &mine).await;
    }
    let request = Request { record: &record, mine: &mine, back: Some("/expert".to_owned()) };
    request.take(&app, shell, form, &url::expert(&record.number), "/expert").await
}

#[get("/a/{token}")]
pub async fn show_by_link(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Some((record, mine)) = by_token(&app, &token).await? else { return unknown(shell) };
    if mine.state != AssignmentState::Offered {
        return over(&app, shell, &record, &mine).await;
    }
    let request = Request { record: &record, mine: &mine, back: None };
    page::html(&request.page(&app, shell, preselected(&req), FieldErrors::default(), None).await?)
}

#[post("/a/{token}")]
pub async fn submit_by_link(
    app: Data<App>,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some((record, mine)) = by_token(&app, &token).await? else { return unknown(shell) };
    if mine.state != AssignmentState::Offered {
        return over(&app, shell, &record, &mine).await;
    }
    let here = format!("/a/{token}");
    Request { record: &record, mine: &mine, back: None }.take(&app, shell, form, &here, &here).await
}

/// A request that can still be answered.
struct Request<'a> {
    record: &'a Record,
    mine: &'a Assignment,
    back: Option<String>,
}

impl Request<'_> {
    async fn page(
        &self,
        app: &App,
        shell: Shell,
        form: Fields,
        errors: FieldErrors,
        notice: Option<String>,
    ) -> Result<AnswerPage, Problem> {
        let id = self.record.consultation.id;
        let live = store::booking::appointment::of(&app.db, id).await?.into_iter().find(Appointment::is_live);
        let near = match &live {
            Some(slot) => near(app, self.mine, slot).await?,
            None => Vec::new(),
        };
        Ok(AnswerPage {
            shell,
            form,
            errors,
            notice,
            back: self.back.clone(),
            number: self.record.number.to_string(),
            fields: self.mine.fields.label(),
            due: wording::long_date_time(self.mine.due_at),
            overdue: self.mine.due_at <= app.clock.now(),
            outline: outline(app, self.record, live.as_ref()).await?,
            near,
            choices: vec![
                Choice::new("accept", "引き受ける").with_hint(match live {
                    Some(_) => "この日時で担当します。ほかに回答を待つ専門家がいなければ、予約が確定します。",
                    None => "担当します。企業が、空いている日時から相談の日時を選びます。",
                }),
                Choice::new("decline", "断る")
                    .with_hint("センターが、ほかの方法を検討します。理由を入力してください。"),
            ],
        })
    }

    /// Accepts or declines as the form says and redirects to `accepted` or `declined`; a refusal is shown on
    /// the form.
    async fn take(
        &self,
        app: &App,
        shell: Shell,
        form: Fields,
        accepted: &str,
        declined: &str,
    ) -> Result<HttpResponse, Problem> {
        let answer = match parse(&form) {
            Ok(answer) => answer,
            Err(errors) => return page::unprocessable(&self.page(app, shell, form, errors, None).await?),
        };
        let (id, expert) = (self.mine.id, self.mine.expert);
        let (done, next, flash) = match answer {
            Answer::Accept => {
                let done = ops::routing::assignment::accept(app, id, expert).await;
                (done, accepted, "担当を引き受けました。")
            }
            Answer::Decline(reason) => {
                let done = ops::routing::assignment::decline(app, id, expert, reason.into()).await;
                (done, declined, "担当を断りました。センターに伝えました。")
            }
        };
        let notice = match done {
            Ok(()) => return Ok(page::see_other_with(next, flash)),
            Err(problem) => sentence(problem)?,
        };
        // The request may have been answered in the meantime; then the form is not shown any more.
        match store::routing::assignment::find(&app.db, id).await? {
            Some(now) if now.state != AssignmentState::Offered => over(app, shell, self.record, &now).await,
            Some(_) | None => {
                let errors = FieldErrors::default();
                let page = self.page(app, shell, form, errors, Some(notice)).await?;
                page::html_with(StatusCode::CONFLICT, &page)
            }
        }
    }
}

fn parse(form: &Fields) -> Result<Answer, FieldErrors> {
    let mut errors = FieldErrors::default();
    match form.get("answer") {
        "accept" => return Ok(Answer::Accept),
        "decline" => {
            let reason = Prose::parse("断る理由", form.get("reason"), LONGEST_REASON);
            if let Some(reason) = errors.take("reason", reason) {
                return Ok(Answer::Decline(reason));
            }
        }
        _ => errors.add("answer", "回答を選択してください"),
    }
    Err(errors)
}

/// Fills the form from `?answer=accept` in a mail's link; only the form's POST changes anything.
fn preselected(req: &HttpRequest) -> Fields {
    let query = Fields::of_query(req);
    match query.get("answer") {
        answer @ ("accept" | "decline") => Fields::from_iter([("answer", answer)]),
        _ => Fields::default(),
    }
}

/// Returns the latest request to this expert, whatever its state.
async fn by_number(app: &App, expert: &ExpertUser, number: &str) -> Result<(Record, Assignment), Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    let record = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let all = store::routing::assignment::of(&app.db, record.consultation.id).await?;
    let mine = all.into_iter().rfind(|it| it.expert == expert.id);
    Ok((record, mine.ok_or(Problem::NotFound)?))
}

/// Returns the request that a link is for; `None` for a wrong or expired link, and if the expert's account is closed.
async fn by_token(app: &App, token: &str) -> Result<Option<(Record, Assignment)>, Problem> {
    let Some(id) = app.secret.verify(Purpose::Assignment, token, app.clock.now()) else {
        return Ok(None);
    };
    let Some(mine) = store::routing::assignment::find(&app.db, AssignmentId(id)).await? else {
        return Ok(None);
    };
    let account = store::accounts::account::find(&app.db, AccountId(mine.expert.0)).await?;
    if !account.is_some_and(|it| it.active) {
        return Ok(None);
    }
    let record = store::consultation::find(&app.db, mine.consultation).await?;
    Ok(record.map(|it| (it, mine)))
}

/// Returns the expert's other bookings around a slot.
async fn near(app: &App, mine: &Assignment, slot: &Appointment) -> Result<Vec<String>, Problem> {
    let (from, to) = (slot.starts_at - NEAR, slot.ends_at + NEAR);
    let around = store::booking::appointment::of_expert(&app.db, mine.expert, from, to).await?;
    let others = around.iter().filter(|it| it.is_live() && it.id != slot.id);
    Ok(others
        .map(|it| {
            let when = wording::time_range(it.starts_at, it.ends_at);
            let day = wording::month_day_weekday(it.starts_at);
            format!("{day}{when}（{}・{}）", it.mode.label(), it.state.label())
        })
        .collect())
}

/// Shows the state of a request that can no longer be answered.
async fn over(app: &App, shell: Shell, record: &Record, mine: &Assignment) -> Result<HttpResponse, Problem> {
    let accepted = mine.is_accepted();
    let number = record.number;
    let (title, what) = match &mine.state {
        AssignmentState::Accepted { at } => {
            ("担当を引き受けました", format!("{}に回答を受け付けました。", wording::long_date_time(*at)))
        }
        AssignmentState::Declined { at, .. } => {
            ("担当を断りました", format!("{}に回答を受け付けました。", wording::long_date_time(*at)))
        }
        AssignmentState::Lapsed { .. } => {
            ("この依頼の受付は終わりました", "この依頼は、回答期限を過ぎたため、取り消しました。".to_owned())
        }
        AssignmentState::Withdrawn { .. } | AssignmentState::Offered => {
            ("この依頼の受付は終わりました", "この依頼は、取り下げられました。".to_owned())
        }
    };
    let when = if accepted {
        let all = store::booking::appointment::of(&app.db, record.consultation.id).await?;
        all.iter().find(|it| it.is_live()).map(|it| {
            let when = wording::long_date_time_range(it.starts_at, it.ends_at);
            format!("{when}（{}・{}）", it.mode.label(), it.state.label())
        })
    } else {
        None
    };
    let case = accepted.then(|| url::expert(&number));
    let what = format!("受付番号 {number}：{what}");
    page::html(&AnsweredPage { shell, title, what, when, case })
}

/// Shows the page for a link that is forged or too old.
fn unknown(shell: Shell) -> Result<HttpResponse, Problem> {
    let what = "リンクの期限が切れているか、アドレスの一部が欠けています。\
                メールのリンクをもう一度開くか、ログインして依頼を確認してください。";
    let page = AnsweredPage {
        shell,
        title: "このリンクからは回答できません",
        what: what.to_owned(),
        when: None,
        case: None,
    };
    page::html_with(StatusCode::GONE, &page)
}
