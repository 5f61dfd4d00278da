//! The survey on a company's own page.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    aftercare::follow_up::{Addressee, FollowUp, FollowUpState, Kind},
    wording::month_day_weekday,
};

use super::{
    answer::{self, Place},
    own_consultation::OwnConsultation,
};
use crate::{
    app::App,
    problem::Problem,
    store,
    web::kit::{
        form::Fields,
        page::{self, Shell},
    },
};

/// The page for a survey that cannot be answered yet.
#[derive(Template)]
#[template(path = "company/survey_later.html")]
struct LaterPage {
    shell: Shell,
    number: String,
    path: String,
    /// When the survey will be sent; empty if that is not planned.
    due: String,
}

#[get("/my/{number}/survey")]
pub async fn show(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    own: OwnConsultation,
) -> Result<HttpResponse, Problem> {
    let all = store::aftercare::follow_up::of(&app.db, own.0.consultation.id).await?;
    match latest(&all) {
        Some(it) => answer::page(&app, shell, it, &place(&own), &Fields::of_query(&req)).await,
        None => {
            let planned = all.iter().find(|it| it.kind == Kind::Survey && it.state == FollowUpState::Planned);
            let due = planned.map(|it| month_day_weekday(it.due_at)).unwrap_or_default();
            let (number, path) = (own.0.number.to_string(), own.path(""));
            page::html(&LaterPage { shell, number, path, due })
        }
    }
}

#[post("/my/{number}/survey")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let all = store::aftercare::follow_up::of(&app.db, own.0.consultation.id).await?;
    let survey =
        latest(&all).ok_or_else(|| Problem::Refused("アンケートは、まだお送りしていません。".to_owned()))?;
    answer::take(&app, shell, survey, &place(&own), form).await
}

/// Shows a question of the consultation, whatever its kind.
#[get("/my/{number}/questions/{id}")]
pub async fn question(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    own: OwnConsultation,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let it = find(&app, &own, &path.1).await?;
    answer::page(&app, shell, &it, &question_place(&own, &it), &Fields::of_query(&req)).await
}

#[post("/my/{number}/questions/{id}")]
pub async fn answer_question(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let it = find(&app, &own, &path.1).await?;
    answer::take(&app, shell, &it, &question_place(&own, &it), form).await
}

/// Returns a question of this consultation that was sent to the company.
async fn find(app: &App, own: &OwnConsultation, id: &str) -> Result<FollowUp, Problem> {
    let all = store::aftercare::follow_up::of(&app.db, own.0.consultation.id).await?;
    let is_asked = |it: &FollowUp| it.step.to == Addressee::Company && it.state != FollowUpState::Planned;
    all.into_iter().find(|it| it.id.to_string() == id && is_asked(it)).ok_or(Problem::NotFound)
}

fn question_place(own: &OwnConsultation, it: &FollowUp) -> Place {
    let action = own.path(&format!("/questions/{}", it.id));
    Place { number: own.0.number.to_string(), action, back: own.path("") }
}

/// Returns the latest survey that was sent.
pub fn latest(all: &[FollowUp]) -> Option<&FollowUp> {
    let sent = |it: &&FollowUp| !matches!(it.state, FollowUpState::Planned | FollowUpState::Skipped);
    all.iter().filter(|it| it.kind == Kind::Survey).filter(sent).max_by_key(|it| it.round)
}

fn place(own: &OwnConsultation) -> Place {
    Place { number: own.0.number.to_string(), action: own.path("/survey"), back: own.path("") }
}
