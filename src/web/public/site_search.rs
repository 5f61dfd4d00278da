//! The search of the whole site: one box, and the results grouped by what they are. Only what is public now is found.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    web::Data,
};
use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    publication::{
        Facts, PublicationKind,
        example::index::ExampleSearch,
        search::{SiteSearch, searched_key},
    },
    text::TextLine,
    wording::long_date,
};

use super::campaign;
use crate::{
    app::App,
    problem::Problem,
    store::{
        publication::{
            examples,
            searched_text::FoldedTexts,
            shelf::{Shelf, ShelvedPublication},
        },
        reference::desk,
    },
    url,
    web::kit::{
        client,
        form::Fields,
        network_form::{open_mentors, place},
        page::{self, Shell},
    },
};

/// The most results that are shown of a group.
const MOST_SHOWN: usize = 5;

/// One result.
struct FoundLine {
    address: String,
    title: String,
    /// A few words that tell results apart; may be empty.
    note: String,
}

/// The results of one kind.
struct FoundGroup {
    id: &'static str,
    label: &'static str,
    total: usize,
    lines: Vec<FoundLine>,
    /// The page on which the visitor looks further.
    list: String,
}

#[derive(Template)]
#[template(path = "public/site_search.html")]
struct SiteSearchPage {
    shell: Shell,
    typed: String,
    longest: usize,
    /// Whether the network of the visitor has made its searches of this minute already.
    is_spent: bool,
    /// The groups that have results; `None` without a search.
    found: Option<Vec<FoundGroup>>,
    /// The list of the registrants of the present telework month, searched for the same words.
    registrants: Option<String>,
}

impl SiteSearchPage {
    fn without_results(shell: Shell, typed: String) -> Self {
        let longest = SiteSearch::LONGEST;
        Self { shell, typed, longest, is_spent: false, found: None, registrants: None }
    }
}

#[get("/search")]
pub async fn show(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let typed: String = query.get("q").chars().take(SiteSearch::LONGEST).collect();
    let search = SiteSearch::parse(&typed);
    if search.is_empty() {
        return page::html(&SiteSearchPage::without_results(shell, typed));
    }
    let now = app.clock.now();
    let network = client::network(client::address(&req, &app.config.trusted_proxies));
    if !app.searches.admit(network, now) {
        let refused = SiteSearchPage { is_spent: true, ..SiteSearchPage::without_results(shell, typed) };
        let mut answer = page::html_with(StatusCode::TOO_MANY_REQUESTS, &refused)?;
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        return Ok(page::unlisted(answer));
    }
    let shelf = app.shelf_to_show().await?;
    let texts = app.searched_texts(&shelf).await?;
    let public =
        PublicTexts { shelf: &shelf, texts: &texts, check_days: shell.settings.guide_check_days, now };
    let mut groups = Vec::new();
    for kind in KINDS {
        groups.push(if kind == PublicationKind::Example {
            of_examples(&app, &search, &typed).await?
        } else {
            of_kind(&public, &search, &typed, kind)
        });
    }
    groups.push(of_mentors(&app, &search).await?);
    groups.push(of_desks(&app, &search).await?);
    groups.retain(|it| it.total > 0);
    let month = campaign::shown(&shelf, now);
    let registrants =
        month.map(|(it, _)| format!("{}?q={}#list", campaign::address(it), url::percent_encoded(&typed)));
    let longest = SiteSearch::LONGEST;
    let page = SiteSearchPage { shell, typed, longest, is_spent: false, found: Some(groups), registrants };
    page::html(&page).map(page::unlisted)
}

/// The kinds in the order in which their results stand: support for the visitor first.
const KINDS: [PublicationKind; 6] = [
    PublicationKind::Guide,
    PublicationKind::Example,
    PublicationKind::Gathering,
    PublicationKind::News,
    PublicationKind::Campaign,
    PublicationKind::Survey,
];

/// The publications of the shelf with their folded texts, as one search reads them.
struct PublicTexts<'a> {
    shelf: &'a Shelf,
    texts: &'a FoldedTexts,
    /// The days after which an entry of the guide that nobody has checked is hidden.
    check_days: u16,
    now: DateTime<Utc>,
}

/// Returns the publications of a kind on the shelf: those whose title has the words first, then the newest.
fn of_kind(public: &PublicTexts<'_>, search: &SiteSearch, typed: &str, kind: PublicationKind) -> FoundGroup {
    let PublicTexts { shelf, texts, check_days, now } = *public;
    let of = |it: &&ShelvedPublication| texts.get(&it.id).is_some_and(|it| it.fits(search));
    let mut found: Vec<_> = if kind == PublicationKind::Guide {
        shelf.guide(now, check_days).map(|(it, _)| it).filter(of).collect()
    } else {
        shelf.current(kind, now).filter(of).collect()
    };
    found.sort_by_key(|it| !is_named_so(texts, it, search));
    let line = |it: &&ShelvedPublication| FoundLine {
        address: url::publication(kind, it.number),
        title: it.title.to_string(),
        note: note(it),
    };
    let list = match kind {
        PublicationKind::Survey => format!("/surveys?q={}", url::percent_encoded(typed)),
        PublicationKind::News
        | PublicationKind::Guide
        | PublicationKind::Example
        | PublicationKind::Gathering
        | PublicationKind::Campaign => format!("/{}", kind.code()),
    };
    FoundGroup {
        id: kind.code(),
        label: kind.label(),
        total: found.len(),
        lines: found.iter().take(MOST_SHOWN).map(line).collect(),
        list,
    }
}

fn is_named_so(texts: &FoldedTexts, it: &ShelvedPublication, search: &SiteSearch) -> bool {
    texts.get(&it.id).is_some_and(|it| it.is_named_so(search))
}

/// Returns the examples as their own page finds them.
async fn of_examples(app: &App, search: &SiteSearch, typed: &str) -> Result<FoundGroup, Problem> {
    let wish = ExampleSearch { words: search.words(), ..ExampleSearch::default() };
    let now = app.clock.now();
    let found = app.examples_to_show(|it| it.search(&wish, now, 0, MOST_SHOWN)).await?;
    let lines = examples::lines(&app.db, &found.page).await?;
    let line = |it: &examples::PublicExample| FoundLine {
        address: url::publication(PublicationKind::Example, it.at.number),
        title: it.title.to_string(),
        note: it.facts.organization.to_string(),
    };
    Ok(FoundGroup {
        id: PublicationKind::Example.code(),
        label: PublicationKind::Example.label(),
        total: found.total,
        lines: lines.iter().map(line).collect(),
        list: format!("/cases?q={}", url::percent_encoded(typed)),
    })
}

/// Returns the mentors that take questions now, by the words that their public list has.
async fn of_mentors(app: &App, search: &SiteSearch) -> Result<FoundGroup, Problem> {
    let mut found = open_mentors(app).await?;
    found.retain(|it| {
        let topics: Vec<_> = it.entry.topics.iter().map(TextLine::as_str).collect();
        search.finds(&searched_key(&format!("{}\n{}\n{}", it.entry.name, place(it), topics.join("\n"))))
    });
    let lines = found.iter().take(MOST_SHOWN).map(|it| FoundLine {
        address: format!("/network/ask?mentor={}", it.id),
        title: it.entry.name.to_string(),
        note: place(it),
    });
    Ok(FoundGroup {
        id: "network",
        label: "推進企業",
        total: found.len(),
        lines: lines.collect(),
        list: "/network".to_owned(),
    })
}

/// Returns the open desks, by name, prefecture, address and subjects.
async fn of_desks(app: &App, search: &SiteSearch) -> Result<FoundGroup, Problem> {
    let mut found = desk::all(&app.db).await?;
    found.retain(|it| {
        let details = &it.details;
        let address = details.address.as_ref().map_or("", |it| it.as_str());
        let subjects = details.subjects.as_ref().map_or("", |it| it.as_str());
        let text = format!("{}\n{}\n{address}\n{subjects}", it.name, it.prefecture.name());
        it.active && search.finds(&searched_key(&text))
    });
    let lines = found.iter().take(MOST_SHOWN).map(|it| FoundLine {
        address: format!("/desks?prefecture={}", it.prefecture.two_digits()),
        title: it.name.clone(),
        note: it.prefecture.name().to_owned(),
    });
    Ok(FoundGroup {
        id: "desks",
        label: "地域の窓口",
        total: found.len(),
        lines: lines.collect(),
        list: "/desks".to_owned(),
    })
}

/// Returns a few words that tell publications of a kind apart.
fn note(it: &ShelvedPublication) -> String {
    match &it.facts {
        Facts::News(_) => long_date(it.from()),
        Facts::Guide(guide) => format!("{}　{}", guide.kind.label(), guide.office),
        Facts::Example(example) => example.organization.to_string(),
        Facts::Gathering(event) => format!("{}　{}", long_date(event.starts_at), event.kind.label()),
        Facts::Campaign(month) => {
            format!("{}から{}まで", long_date(month.starts_on), long_date(month.ends_on))
        }
        Facts::Survey(survey) => survey.office.to_string(),
    }
}
