//! Acts that are confirmed on a page of their own: cancelling, recording what happened, planning the next session.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::Deed,
    text::Prose,
    wording,
};

use super::case::{self, Case, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
        session::ExpertUser,
    },
};

/// Characters.
const LONGEST_REASON: usize = 500;

#[derive(Template)]
#[template(path = "expert/cancel.html")]
struct CancelPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    notice: Option<String>,
    back: String,
    when: Option<String>,
}

#[derive(Template)]
#[template(path = "expert/outcome.html")]
struct OutcomePage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    notice: Option<String>,
    back: String,
    when: Option<String>,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "expert/next.html")]
struct NextPage {
    shell: Shell,
    notice: Option<String>,
    back: String,
    cap: u16,
}

#[get("/expert/consultations/{number}/cancel")]
pub async fn ask_cancel(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    if !possible(&case, Deed::CancelAppointment) {
        return Ok(not_now(&case));
    }
    let page = CancelPage::new(&app, shell, &case, Fields::default(), FieldErrors::default(), None).await?;
    page::html(&page)
}

#[post("/expert/consultations/{number}/cancel")]
pub async fn cancel(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let mut errors = FieldErrors::default();
    let reason = Prose::parse("取り消す理由", form.get("reason"), LONGEST_REASON);
    let Some(reason) = errors.take("reason", reason) else {
        return page::unprocessable(&CancelPage::new(&app, shell, &case, form, errors, None).await?);
    };
    let (id, by) = (case.record.consultation.id, Actor::Expert(expert.id));
    match ops::appointment::cancel(&app, id, by, reason.into()).await {
        Ok(()) => Ok(page::see_other_with(
            case.path(),
            "予約を取り消しました。企業には、別の日時を選んでいただくようお知らせしました。",
        )),
        Err(problem) => {
            let notice = Some(sentence(problem)?);
            let page = CancelPage::new(&app, shell, &case, form, errors, notice).await?;
            page::html_with(StatusCode::CONFLICT, &page)
        }
    }
}

#[get("/expert/consultations/{number}/outcome")]
pub async fn ask_outcome(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    if !possible(&case, Deed::RecordDone) {
        return Ok(not_now(&case));
    }
    let page = OutcomePage::new(&app, shell, &case, Fields::default(), FieldErrors::default(), None).await?;
    page::html(&page)
}

#[post("/expert/consultations/{number}/outcome")]
pub async fn outcome(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let (id, by) = (case.record.consultation.id, Actor::Expert(expert.id));
    let mut errors = FieldErrors::default();
    let (done, next, told) = match form.get("outcome") {
        "done" => (
            ops::appointment::record_done(&app, id, by).await,
            case.path_of("report"),
            "実施を記録しました。続けて、実施報告書を書けます。",
        ),
        "no_show" => (
            ops::appointment::record_no_show(&app, id, by).await,
            case.path(),
            "欠席を記録しました。企業には、別の日時を選んでいただくようお知らせしました。",
        ),
        _ => {
            errors.add("outcome", "相談の結果を選択してください");
            return page::unprocessable(&OutcomePage::new(&app, shell, &case, form, errors, None).await?);
        }
    };
    match done {
        Ok(()) => Ok(page::see_other_with(next, told)),
        Err(problem) => {
            let notice = Some(sentence(problem)?);
            let page = OutcomePage::new(&app, shell, &case, form, errors, notice).await?;
            page::html_with(StatusCode::CONFLICT, &page)
        }
    }
}

#[get("/expert/consultations/{number}/next")]
pub async fn ask_plan(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    if !possible(&case, Deed::PlanFurtherSession) {
        return Ok(not_now(&case));
    }
    page::html(&NextPage::new(shell, &case, None))
}

#[post("/expert/consultations/{number}/next")]
pub async fn plan(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let (id, by) = (case.record.consultation.id, Actor::Expert(expert.id));
    match ops::consultation::plan_further_session(&app, id, by, None).await {
        Ok(()) => Ok(page::see_other_with(
            case.path(),
            "次回の相談を計画しました。企業に、日時を選んでいただくようお知らせしました。",
        )),
        Err(problem) => {
            let notice = Some(sentence(problem)?);
            page::html_with(StatusCode::CONFLICT, &NextPage::new(shell, &case, notice))
        }
    }
}

impl CancelPage {
    async fn new(
        app: &App,
        shell: Shell,
        case: &Case,
        form: Fields,
        errors: FieldErrors,
        notice: Option<String>,
    ) -> Result<Self, Problem> {
        Ok(Self { shell, form, errors, notice, back: case.path(), when: when(app, case).await? })
    }
}

impl OutcomePage {
    async fn new(
        app: &App,
        shell: Shell,
        case: &Case,
        form: Fields,
        errors: FieldErrors,
        notice: Option<String>,
    ) -> Result<Self, Problem> {
        let choices = vec![
            Choice::new("done", "実施した").with_hint("続けて、実施報告書を書きます。"),
            Choice::new("no_show", "企業が欠席した").with_hint("企業に、別の日時を選んでいただきます。"),
        ];
        let when = when(app, case).await?;
        Ok(Self { shell, form, errors, notice, back: case.path(), when, choices })
    }
}

impl NextPage {
    fn new(shell: Shell, case: &Case, notice: Option<String>) -> Self {
        let cap = shell.settings.session_cap;
        Self { shell, notice, back: case.path(), cap }
    }
}

fn possible(case: &Case, deed: Deed) -> bool {
    case.record.consultation.allows(deed, Party::Expert).is_ok()
}

fn not_now(case: &Case) -> HttpResponse {
    page::see_other_with(case.path(), "この操作は、いまはできません。最新の内容を確認してください。")
}

async fn when(app: &App, case: &Case) -> Result<Option<String>, Problem> {
    let live = case.live(app).await?;
    Ok(live.map(|it| wording::long_date_time_range(it.starts_at, it.ends_at)))
}
