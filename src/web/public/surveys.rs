//! The notices of surveys, and the search with which the recipient of a request compares it with them. No page calls a
//! request genuine: it shows what was announced, and what to compare.
use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    publication::{
        Facts, Phase, PublicationKind,
        survey::{PhoneCheck, SurveyFacts, SurveySearch},
    },
    survey::PublishedResult,
    wording::long_date,
};

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    markup,
    problem::Problem,
    store::{
        self,
        publication::shelf::{Shelf, ShelvedPublication},
        survey::result,
    },
    url,
    web::kit::{
        example_picture::{self, PUBLIC},
        form::Fields,
        page::{self, Shell},
        survey_view::SurveyView,
    },
};

/// The longest search, in characters.
const LONGEST_WORDS: usize = 200;

/// The most notices that a search shows.
const MOST_FOUND: usize = 20;

/// A notice in a list.
pub struct NoticeLine {
    pub address: String,
    pub title: String,
    pub survey: SurveyView,
    /// Whether people are asked no more, or the notice has ended.
    pub is_over: bool,
    pub phone: PhoneCheck,
}

#[derive(Template)]
#[template(path = "public/surveys.html")]
struct SurveysPage {
    shell: Shell,
    typed: String,
    /// The notices that the search finds; `None` without a search.
    found: Option<Vec<NoticeLine>>,
    page: ListPage<NoticeLine>,
}

#[derive(Template)]
#[template(path = "public/survey.html")]
struct SurveyPage {
    shell: Shell,
    title: String,
    address: String,
    survey: SurveyView,
    html: Arc<str>,
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
    is_over: bool,
    /// Whether it can be answered here now.
    is_open: bool,
    /// The published results, and the day on which they were published.
    results: Vec<PublishedResult>,
    published: String,
}

#[get("/surveys")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let query = Fields::of_query(&req);
    let typed: String = query.get("q").chars().take(LONGEST_WORDS).collect();
    let search = SurveySearch::parse(&typed);
    let found = (!search.is_empty()).then(|| {
        let all = shelf.with_page(PublicationKind::Survey, now).filter_map(of_survey);
        let lines = all.filter_map(|(it, facts)| Some(line(it, facts, search.check(&it.title, facts)?, now)));
        lines.take(MOST_FOUND).collect()
    });
    let mut current: Vec<_> = notices(&shelf, now).collect();
    current.sort_by_key(|(_, facts)| facts.is_over(now));
    let page = ListPage::of(current, query.get("page"), "/surveys".to_owned());
    let page = page.map(|(it, facts)| line(it, facts, PhoneCheck::NotTyped, now));
    page::html(&SurveysPage { shell, typed, found, page })
}

#[get("/surveys/{id}")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let (it, facts) = numbered(&shelf, &id, now)?;
    let html = shelf.text(&app.db, it, markup::html).await?.unwrap_or_default();
    let has_ended = it.state.phase(now) != Phase::Current;
    let survey = store::survey::find(&app.db, it.id).await?;
    let results = if has_ended { None } else { result::find(&app.db, it.id).await? };
    let published = results.as_ref().map(|it| long_date(it.at)).unwrap_or_default();
    let address = address(it);
    page::html(&SurveyPage {
        shell,
        title: it.title.to_string(),
        survey: SurveyView::of(facts, &address),
        address,
        html,
        has_ended,
        successor: successor::of(&app, it.id, has_ended).await?,
        is_over: facts.is_over(now),
        results: results.map(|it| it.questions).unwrap_or_default(),
        published,
        is_open: !has_ended && facts.form.is_some() && survey.is_some_and(|it| it.is_open(now)),
    })
}

/// A picture of a sample. It is sent after the notice has ended too, because requests may still lie on a desk.
#[get("/surveys/{id}/pictures/{sha256}")]
pub async fn picture(app: Data<App>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let (_, facts) = numbered(&shelf, &path.0, app.clock.now())?;
    example_picture::answer(&app, &facts.pictures, &path.1, PUBLIC).await
}

/// Returns the notice at a public address, if its page exists at `now`.
pub fn numbered<'a>(
    shelf: &'a Shelf,
    number: &str,
    now: DateTime<Utc>,
) -> Result<(&'a ShelvedPublication, &'a SurveyFacts), Problem> {
    let number = number.parse().map_err(|_| Problem::NotFound)?;
    let found = shelf.numbered(PublicationKind::Survey, number, now).and_then(of_survey);
    found.ok_or(Problem::NotFound)
}

/// Returns the public address of a notice.
pub fn address(it: &ShelvedPublication) -> String {
    url::publication(PublicationKind::Survey, it.number)
}

/// Returns the notices that are public at `now`, newest first.
fn notices(shelf: &Shelf, now: DateTime<Utc>) -> impl Iterator<Item = (&ShelvedPublication, &SurveyFacts)> {
    shelf.current(PublicationKind::Survey, now).filter_map(of_survey)
}

fn of_survey(it: &ShelvedPublication) -> Option<(&ShelvedPublication, &SurveyFacts)> {
    if let Facts::Survey(facts) = &it.facts { Some((it, facts)) } else { None }
}

fn line(it: &ShelvedPublication, facts: &SurveyFacts, phone: PhoneCheck, now: DateTime<Utc>) -> NoticeLine {
    let address = address(it);
    NoticeLine {
        title: it.title.to_string(),
        survey: SurveyView::of(facts, &address),
        address,
        is_over: facts.is_over(now) || it.state.phase(now) != Phase::Current,
        phone,
    }
}
