//! The guide to support: the list, the page for local governments, and one entry.
use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use domain::{
    calendar::japan_date,
    publication::{
        Facts, Phase, PublicationKind,
        guide::{GuideFacts, GuideKind, GuideSource, Reception},
    },
    wording::long_date,
};

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    markup,
    problem::Problem,
    store::publication::shelf::ShelvedPublication,
    url,
    web::kit::{
        form::Fields,
        kept_page::Counted,
        page::{self, Shell},
    },
};

/// One entry in a list.
#[derive(Clone, Debug)]
pub struct GuideLine {
    pub address: String,
    pub title: String,
    pub facts: GuideFacts,
    pub reception: Reception,
}

#[derive(Template)]
#[template(path = "public/guide.html")]
struct GuidePage {
    shell: Shell,
    page: ListPage<GuideLine>,
    kind: Option<GuideKind>,
    for_local_government: bool,
}

#[derive(Template)]
#[template(path = "public/guide_entry.html")]
struct GuideEntryPage {
    shell: Shell,
    line: GuideLine,
    html: Arc<str>,
    /// Whether the entry is no longer public, or too old to be shown: its page says so instead of the text.
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
}

#[get("/guide")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    guide_page(&app, shell, &Fields::of_query(&req), false).await
}

#[get("/guide/local-government")]
pub async fn local_government(
    app: Data<App>,
    shell: Shell,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    guide_page(&app, shell, &Fields::of_query(&req), true).await
}

#[get("/guide/{id}")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let number = id.parse().map_err(|_| Problem::NotFound)?;
    let it = shelf.numbered(PublicationKind::Guide, number, now).ok_or(Problem::NotFound)?;
    let Facts::Guide(facts) = &it.facts else { return Err(Problem::NotFound) };
    let line = line(it, facts, japan_date(now));
    let is_hidden = line.facts.hidden(japan_date(now), shell.settings.guide_check_days).is_some();
    let has_ended = is_hidden || it.state.phase(now) != Phase::Current;
    let html = shelf.text(&app.db, it, markup::html).await?.unwrap_or_default();
    // The staff's own looks are not counted.
    let counted = (!has_ended && shell.account.is_none()).then_some(Counted(it.id));
    let successor = successor::of(&app, it.id, has_ended).await?;
    let mut answer = page::html(&GuideEntryPage { shell, line, html, has_ended, successor })?;
    if let Some(counted) = counted {
        answer.extensions_mut().insert(counted);
    }
    Ok(answer)
}

async fn guide_page(
    app: &App,
    shell: Shell,
    query: &Fields,
    for_local_government: bool,
) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let kind = GuideKind::from_code(query.get("kind"));
    let chosen = shelf.guide(now, shell.settings.guide_check_days).filter(|(_, guide)| {
        guide.for_local_government == for_local_government && kind.is_none_or(|kind| guide.kind == kind)
    });
    let path = if for_local_government { "/guide/local-government" } else { "/guide" };
    let address = kind.map_or_else(|| path.to_owned(), |it| format!("{path}?kind={}", it.code()));
    let page = ListPage::of(chosen.collect(), query.get("page"), address);
    let page = page.map(|(it, guide)| line(it, guide, japan_date(now)));
    page::html(&GuidePage { shell, page, kind, for_local_government })
}

/// Returns an entry as lists show it on `today`.
pub fn line(it: &ShelvedPublication, facts: &GuideFacts, today: NaiveDate) -> GuideLine {
    GuideLine {
        address: url::publication(PublicationKind::Guide, it.number),
        title: it.title.to_string(),
        reception: facts.reception(today),
        facts: facts.clone(),
    }
}

impl GuideLine {
    /// Returns the time of application in words; empty if there is none.
    pub fn period(&self) -> String {
        match (self.facts.opens, self.facts.closes) {
            (None, None) => String::new(),
            (Some(opens), None) => format!("{}から", long_date(opens)),
            (None, Some(closes)) => format!("{}まで", long_date(closes)),
            (Some(opens), Some(closes)) => format!("{}から{}まで", long_date(opens), long_date(closes)),
        }
    }

    /// Returns the source from which the entry was imported, with the day; empty if an editor wrote it.
    pub fn source(&self) -> String {
        let words = |it: &GuideSource| format!("{}（{}取得）", it.name, long_date(it.fetched_on));
        self.facts.source.as_ref().map(words).unwrap_or_default()
    }

    pub fn checked_on(&self) -> String {
        long_date(self.facts.checked_on)
    }

    /// Returns the conditions in words, each with its label; a condition that does not restrict is left out.
    pub fn conditions(&self) -> Vec<(&'static str, String)> {
        let facts = &self.facts;
        let all = [
            ("従業員数", facts.sizes.iter().map(|it| it.label()).collect::<Vec<_>>()),
            ("地域", facts.prefectures.iter().map(|it| it.name()).collect()),
            ("業種", facts.industries.iter().map(|it| it.label()).collect()),
            ("テレワークの状況", facts.statuses.iter().map(|it| it.label()).collect()),
            ("目的", facts.purposes.iter().map(|it| it.label()).collect()),
        ];
        let limited = all.into_iter().filter(|(_, values)| !values.is_empty());
        limited.map(|(label, values)| (label, values.join("、"))).collect()
    }
}
