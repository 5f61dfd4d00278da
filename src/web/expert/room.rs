//! Another link for one online session, by the expert who gives it.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{actor::Actor, wording};

use super::case::{self, Case, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::{
        form::{FieldErrors, Fields},
        page::{self, Shell},
        room,
        session::ExpertUser,
    },
};

#[derive(Template)]
#[template(path = "expert/room.html")]
struct RoomPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    notice: Option<String>,
    back: String,
    when: String,
}

#[get("/expert/consultations/{number}/room")]
pub async fn show(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    answer(&app, shell, &case, None, FieldErrors::default(), None).await
}

#[post("/expert/consultations/{number}/room")]
pub async fn submit(
    app: Data<App>,
    expert: ExpertUser,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = case::accepted(&app, &expert, &number).await?;
    let mut errors = FieldErrors::default();
    let Some(link) = errors.take("video_url", room::parse(form.get("video_url"), true)) else {
        return answer(&app, shell, &case, Some(form), errors, None).await;
    };
    let by = Actor::Expert(expert.id);
    match ops::room::change(&app, case.record.consultation.id, by, &link).await {
        Ok(()) => {
            Ok(page::see_other_with(case.path(), "接続先を変更しました。企業にメールでお知らせしました。"))
        }
        Err(problem) => {
            let notice = Some(sentence(problem)?);
            answer(&app, shell, &case, Some(form), errors, notice).await
        }
    }
}

/// The form with what was typed, or with the link as it is.
async fn answer(
    app: &App,
    shell: Shell,
    case: &Case,
    form: Option<Fields>,
    errors: FieldErrors,
    notice: Option<String>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let Some(live) = case.live(app).await?.filter(|it| it.is_online_ahead(now)) else {
        return Ok(page::see_other_with(case.path(), "接続先を変更できるオンラインの予約はありません。"));
    };
    let status = match (&notice, errors.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let page = RoomPage {
        shell,
        form: form.unwrap_or_else(|| Fields::from_iter([("video_url", live.place.clone())])),
        errors,
        notice,
        back: case.path(),
        when: wording::long_date_time_range(live.starts_at, live.ends_at),
    };
    page::html_with(status, &page)
}
