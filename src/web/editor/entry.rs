//! One publication: its form on the left, its page as the public will see it on the right.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{Datelike, TimeDelta};
use domain::{
    calendar::japan_date,
    id::PublicationId,
    publication::{Content, Facts, Phase, Publication, PublicationKind},
};
use uuid::Uuid;

use super::{
    campaign_form,
    consent_panel::{self, ConsentPanel},
    example_form::{self, ExampleChoices},
    form,
    gathering_form::{self, GatheringChoices},
    guide_form::{self, GuideChoices},
    list, news_form,
    survey_form::{self, SurveyChoices},
};
use crate::{
    app::App,
    markup,
    ops::{self, publication::Seen},
    problem::Problem,
    secret::Purpose,
    store, url,
    web::kit::{
        example_view::ExampleView,
        form::{Choice, FieldErrors, Fields},
        form_state::sentence,
        page::{self, Shell},
        session::EditorUser,
    },
};

/// The time for which a link to a preview is valid.
const PREVIEW_LASTS: TimeDelta = TimeDelta::days(30);

/// The name of the field of the successor.
pub const SUCCESSOR: &str = "successor";

/// The id that stands in addresses for a publication that does not exist yet.
const NEW: &str = "new";

#[derive(Template)]
#[template(path = "editor/entry.html")]
struct EntryPage {
    shell: Shell,
    kind: PublicationKind,
    /// The publication as it is saved; `None` for a new one.
    saved: Option<Saved>,
    form: Fields,
    errors: FieldErrors,
    categories: Vec<Choice>,
    choices: GuideChoices,
    example_choices: ExampleChoices,
    event_choices: GatheringChoices,
    survey_choices: SurveyChoices,
    /// The text that is shown beside the form.
    preview: Preview,
    /// The content that another editor saved meanwhile.
    conflict: Option<Conflict>,
}

struct Saved {
    publication: Publication,
    phase: Phase,
    preview_link: String,
    /// The consent of the company from whose consultation it comes.
    consent: Option<ConsentPanel>,
    /// Whether the text was erased because that consent has ended.
    is_erased: bool,
    /// The page that it leads to once it has ended; empty without one.
    successor: String,
}

struct Preview {
    title: String,
    html: String,
    /// The example as it is saved.
    example: Option<ExampleView>,
}

struct Conflict {
    by: String,
    content: Content,
}

#[get("/staff/publish/{kind}/new")]
pub async fn new(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    kind: Path<String>,
) -> Result<HttpResponse, Problem> {
    let kind = PublicationKind::from_code(&kind).ok_or(Problem::NotFound)?;
    let mut form = Fields::default();
    form.add("checked_on", domain::wording::iso_date(japan_date(app.clock.now())));
    form.add("year", japan_date(app.clock.now()).year().to_string());
    if kind == PublicationKind::Campaign {
        campaign_form::propose(japan_date(app.clock.now()), &mut form);
    }
    page::html(&entry_page(&app, shell, kind, None, form, FieldErrors::default()).await?)
}

#[post("/staff/publish/{kind}/new")]
pub async fn create(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    kind: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let kind = PublicationKind::from_code(&kind).ok_or(Problem::NotFound)?;
    let themes = &app.programme_to_show().await?.themes;
    let mut errors = FieldErrors::default();
    let Some(content) = form::parse(kind, &form, themes, japan_date(app.clock.now()), &mut errors) else {
        return page::unprocessable(&entry_page(&app, shell, kind, None, form, errors).await?);
    };
    match ops::publication::create(&app, content, user.id).await {
        Ok(draft) => {
            Ok(page::see_other_with(address(&draft), "下書きを保存しました。まだ公開していません。"))
        }
        Err(problem) => {
            errors.add("title", sentence(problem)?);
            page::unprocessable(&entry_page(&app, shell, kind, None, form, errors).await?)
        }
    }
}

#[get("/staff/publish/{kind}/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let form = form::fill(&publication.content);
    let kind = publication.kind();
    let saved = Some(saved(&app, publication).await?);
    page::html(&entry_page(&app, shell, kind, saved, form, FieldErrors::default()).await?)
}

#[post("/staff/publish/{kind}/{id}")]
pub async fn save(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let (kind, id) = (publication.kind(), publication.id);
    let seen = Seen { id, revision: form.get("revision").parse().map_err(|_| Problem::Unreadable)? };
    let themes = &app.programme_to_show().await?.themes;
    let mut errors = FieldErrors::default();
    let Some(content) = form::parse(kind, &form, themes, japan_date(app.clock.now()), &mut errors) else {
        let saved = Some(saved(&app, publication).await?);
        return page::unprocessable(&entry_page(&app, shell, kind, saved, form, errors).await?);
    };
    let content = content.with_unwritten_of(&publication.content);
    match ops::publication::edit(&app, seen, content, user.id).await {
        Ok(it) => {
            let public = it.state.phase(app.clock.now()) == Phase::Current;
            let message = if public {
                "保存しました。公開中の内容は、「公開する」を押すまで変わりません。"
            } else {
                "保存しました。"
            };
            Ok(page::see_other_with(address(&it), message))
        }
        Err(Problem::Stale) => conflict(&app, shell, id, form).await,
        Err(problem) => {
            errors.add("title", sentence(problem)?);
            let current = store::publication::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
            let page = entry_page(&app, shell, kind, Some(saved(&app, current).await?), form, errors).await?;
            page::unprocessable(&page)
        }
    }
}

/// Shows the content that another editor saved meanwhile beside the typed one, which is kept. The next save is on top of
/// the other's.
async fn conflict(app: &App, shell: Shell, id: PublicationId, form: Fields) -> Result<HttpResponse, Problem> {
    let current = store::publication::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let newest = store::publication::revision(&app.db, id, current.revision).await?;
    let by = newest.and_then(|it| it.by).unwrap_or_default();
    let (kind, content) = (current.kind(), current.content.clone());
    let saved = Some(saved(app, current).await?);
    let page = entry_page(app, shell, kind, saved, form, FieldErrors::default()).await?;
    page::html_with(StatusCode::CONFLICT, &EntryPage { conflict: Some(Conflict { by, content }), ..page })
}

/// Returns the publication that an address of the editors' pages names.
pub async fn find(app: &App, (kind, id): &(String, String)) -> Result<Publication, Problem> {
    let id = Uuid::parse_str(id).map(PublicationId).map_err(|_| Problem::NotFound)?;
    let found = store::publication::find(&app.db, id).await?;
    found.filter(|it| it.kind().code() == kind).ok_or(Problem::NotFound)
}

/// Returns the address of a publication's page for editors.
pub fn address(it: &Publication) -> String {
    format!("{}/{}", list::address(it.kind()), it.id)
}

async fn saved(app: &App, publication: Publication) -> Result<Saved, Problem> {
    let now = app.clock.now();
    let token = app.secret.sign(Purpose::Preview, publication.id.0, now + PREVIEW_LASTS);
    Ok(Saved {
        phase: publication.state.phase(now),
        preview_link: app.site.absolute(&format!("/preview/{token}")),
        consent: consent_panel::panel(app, &publication).await?,
        is_erased: ops::publication::is_erased(&app.db, &publication).await?,
        successor: store::publication::successor::find(&app.db, publication.id)
            .await?
            .map_or_else(String::new, String::from),
        publication,
    })
}

/// Shows the page with a successor that cannot be saved, as it was typed.
pub async fn with_successor(
    app: &App,
    shell: Shell,
    publication: Publication,
    typed: &str,
    errors: FieldErrors,
) -> Result<HttpResponse, Problem> {
    let mut form = form::fill(&publication.content);
    form.add(SUCCESSOR, typed);
    let kind = publication.kind();
    let saved = Some(saved(app, publication).await?);
    page::unprocessable(&entry_page(app, shell, kind, saved, form, errors).await?)
}

async fn entry_page(
    app: &App,
    shell: Shell,
    kind: PublicationKind,
    saved: Option<Saved>,
    mut form: Fields,
    errors: FieldErrors,
) -> Result<EntryPage, Problem> {
    if let Some(saved) = &saved
        && errors.of(SUCCESSOR).is_none()
    {
        form.add(SUCCESSOR, saved.successor.clone());
    }
    let programme = app.programme_to_show().await?;
    let themes = &programme.themes;
    let view = |it: &Saved| ExampleView::of(&it.publication.content, themes, &address(&it.publication));
    let example = saved.as_ref().and_then(view);
    let preview =
        Preview { title: form.get("title").to_owned(), html: markup::html(form.get("body")), example };
    let (mut choices, mut example_choices) = (GuideChoices::default(), ExampleChoices::default());
    let mut event_choices = GatheringChoices::default();
    let mut survey_choices = SurveyChoices::default();
    match kind {
        PublicationKind::News | PublicationKind::Campaign => {}
        PublicationKind::Guide => choices = guide_form::choices(),
        PublicationKind::Survey => {
            choices = guide_form::choices();
            survey_choices = survey_form::choices();
        }
        PublicationKind::Example => example_choices = example_form::choices(themes),
        PublicationKind::Gathering => {
            event_choices = gathering_form::choices(&app.programme_and_experts().await?.1);
        }
    }
    Ok(EntryPage {
        shell,
        kind,
        saved,
        form,
        errors,
        categories: news_form::categories(),
        choices,
        example_choices,
        event_choices,
        survey_choices,
        preview,
        conflict: None,
    })
}

impl Saved {
    /// Returns the address of the page with the participants of an event that was published.
    fn participants(&self) -> Option<String> {
        let is_event = self.publication.kind() == PublicationKind::Gathering;
        (is_event && self.publication.public_revision.is_some()).then(|| url::event_desk(self.publication.id))
    }

    /// Returns the address of the page with the answers to a survey that was published with questions.
    fn answers(&self) -> Option<String> {
        let Facts::Survey(facts) = &self.publication.content.facts else { return None };
        let is_asked_here = facts.form.is_some() && self.publication.public_revision.is_some();
        is_asked_here.then(|| url::survey_desk(self.publication.id))
    }

    /// Returns whether pictures can be added.
    const fn has_pictures(&self) -> bool {
        self.publication.content.facts.pictures().is_some()
    }

    /// Returns the address of the page with the registrations for a telework month.
    fn registrations(&self) -> Option<String> {
        let desk = url::campaign_desk(self.publication.id);
        let is_campaign = self.publication.kind() == PublicationKind::Campaign;
        self.publication.public_revision.filter(|_| is_campaign).map(|_| desk)
    }

    /// Returns whether it can lead to a successor: the public has read it, or will.
    const fn may_have_successor(&self) -> bool {
        self.publication.public_revision.is_some()
    }

    /// Returns whether its publication can be ended.
    const fn can_end(&self) -> bool {
        matches!(self.phase, Phase::Scheduled | Phase::Current)
    }

    fn public_path(&self) -> String {
        url::publication(self.publication.kind(), self.publication.number)
    }
}

impl EntryPage {
    /// Returns whether the text was erased, so that no form is shown.
    fn is_erased(&self) -> bool {
        self.saved.as_ref().is_some_and(|it| it.is_erased)
    }

    fn action(&self) -> String {
        let id = self.saved.as_ref().map_or_else(|| NEW.to_owned(), |it| it.publication.id.to_string());
        format!("{}/{id}", list::address(self.kind))
    }

    fn revision(&self) -> i32 {
        self.saved.as_ref().map_or(0, |it| it.publication.revision)
    }

    fn list(&self) -> String {
        list::address(self.kind)
    }
}
