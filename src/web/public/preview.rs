//! The preview of a publication by a private link: its newest text, for a reader without an account.
use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use domain::{id::PublicationId, publication::Publication};

use crate::{
    app::App,
    markup,
    problem::Problem,
    secret::Purpose,
    store,
    web::kit::{
        campaign_view::CampaignView,
        event_view::EventView,
        example_picture::{self, PRIVATE},
        example_view::ExampleView,
        page::{self, Shell},
        survey_view::SurveyView,
    },
};

#[derive(Template)]
#[template(path = "public/preview.html")]
struct PreviewPage {
    shell: Shell,
    publication: Publication,
    html: String,
    /// The facts of an event.
    event: Option<EventView>,
    campaign: Option<CampaignView>,
    survey: Option<SurveyView>,
    example: Option<ExampleView>,
}

/// A picture of the newest text.
#[get("/preview/{token}/pictures/{sha256}")]
pub async fn picture(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (token, sha256) = path.into_inner();
    let publication = find(&app, &token).await?;
    example_picture::answer(&app, example_picture::pictures(&publication.content)?, &sha256, PRIVATE).await
}

#[get("/preview/{token}")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &token).await?;
    let html = markup::html(publication.content.body.as_ref().map_or("", |it| it.as_str()));
    let event = EventView::of_facts(&publication.content.facts);
    let campaign = CampaignView::of_facts(&publication.content.facts);
    let own = format!("/preview/{token}");
    let example = ExampleView::of(&publication.content, &app.programme_to_show().await?.themes, &own);
    let survey = SurveyView::of_facts(&publication.content.facts, &own);
    page::html(&PreviewPage { shell, publication, html, event, campaign, survey, example })
        .map(page::unlisted)
}

/// Returns the publication of a private link.
async fn find(app: &App, token: &str) -> Result<Publication, Problem> {
    let id = app.secret.verify(Purpose::Preview, token, app.clock.now()).ok_or(Problem::Expired)?;
    store::publication::find(&app.db, PublicationId(id)).await?.ok_or(Problem::NotFound)
}
