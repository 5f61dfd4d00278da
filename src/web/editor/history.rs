//! The revisions of a publication: who did what when, the earlier texts, and the way back to one.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::publication::{Publication, RevisionAct};

use super::entry::{address, find};
use crate::{
    app::App,
    markup,
    ops::{self, publication::Seen},
    problem::Problem,
    store::{self, publication::Revision},
    web::kit::{
        campaign_view::CampaignView,
        event_view::EventView,
        example_view::ExampleView,
        form::Fields,
        page::{self, Shell},
        session::EditorUser,
        survey_view::SurveyView,
    },
};

#[derive(Template)]
#[template(path = "editor/history.html")]
struct HistoryPage {
    shell: Shell,
    publication: Publication,
    revisions: Vec<Revision>,
    address: String,
}

#[derive(Template)]
#[template(path = "editor/revision.html")]
struct RevisionPage {
    shell: Shell,
    publication: Publication,
    revision: Revision,
    html: String,
    /// The facts of an event.
    event: Option<EventView>,
    campaign: Option<CampaignView>,
    survey: Option<SurveyView>,
    example: Option<ExampleView>,
    address: String,
}

#[get("/staff/publish/{kind}/{id}/history")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let revisions = store::publication::history(&app.db, publication.id).await?;
    page::html(&HistoryPage { shell, address: address(&publication), publication, revisions })
}

#[get("/staff/publish/{kind}/{id}/history/{revision}")]
pub async fn revision(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (kind, id, number) = path.into_inner();
    let publication = find(&app, &(kind, id)).await?;
    let number = number.parse().map_err(|_| Problem::NotFound)?;
    let revision = store::publication::revision(&app.db, publication.id, number).await?;
    let revision = revision.ok_or(Problem::NotFound)?;
    let html = markup::html(revision.content.body.as_ref().map_or("", |it| it.as_str()));
    let address = address(&publication);
    let event = EventView::of_facts(&revision.content.facts);
    let campaign = CampaignView::of_facts(&revision.content.facts);
    let example = ExampleView::of(&revision.content, &app.programme_to_show().await?.themes, &address);
    let survey = SurveyView::of_facts(&revision.content.facts, &address);
    page::html(&RevisionPage {
        shell,
        address,
        publication,
        revision,
        html,
        event,
        campaign,
        survey,
        example,
    })
}

#[post("/staff/publish/{kind}/{id}/restore")]
pub async fn restore(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let number = |name: &str| form.get(name).parse().map_err(|_| Problem::Unreadable);
    let seen = Seen { id: publication.id, revision: number("revision")? };
    let it = ops::publication::restore(&app, seen, number("restored")?, user.id).await?;
    Ok(page::see_other_with(
        address(&it),
        "以前の版の内容に戻しました。公開するには、「公開する」を押してください。",
    ))
}

/// Returns the author of a revision in words.
fn author(it: &Revision) -> &str {
    let nobody = match it.act {
        RevisionAct::Consented => "企業",
        RevisionAct::Erased => "自動",
        RevisionAct::Created
        | RevisionAct::Imported
        | RevisionAct::Edited
        | RevisionAct::Restored
        | RevisionAct::Published
        | RevisionAct::Archived => "初期データ",
    };
    it.by.as_deref().unwrap_or(nobody)
}

impl HistoryPage {
    fn author<'a>(&self, it: &'a Revision) -> &'a str {
        author(it)
    }

    fn is_public(&self, it: &Revision) -> bool {
        self.publication.public_revision == Some(it.number)
    }
}

impl RevisionPage {
    fn author(&self) -> &str {
        author(&self.revision)
    }
}
