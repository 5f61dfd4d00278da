//! News: the list, the archive of a year, and one item.
use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, Datelike, Utc};
use domain::{
    calendar::japan_date,
    publication::{
        Facts, Phase, PublicationKind,
        news::{NewsCategory, NewsFacts},
    },
    wording::{iso_date, long_date, table_date},
};

use super::{list_page::ListPage, successor};
use crate::{
    app::App,
    markup,
    problem::Problem,
    store::publication::shelf::{Shelf, ShelvedPublication},
    url,
    web::kit::{
        form::Fields,
        page::{self, Shell},
    },
};

/// One item in a list.
#[derive(Clone, Debug)]
pub struct NewsLine {
    pub address: String,
    pub title: String,
    pub category: NewsCategory,
    pub pinned: bool,
    /// The date of publication in words, and as machines read it.
    pub date: String,
    pub iso_date: String,
}

#[derive(Template)]
#[template(path = "public/news.html")]
struct NewsPage {
    shell: Shell,
    heading: String,
    page: ListPage<NewsLine>,
    category: Option<NewsCategory>,
    /// The years that have news, newest first.
    years: Vec<i32>,
    year: Option<i32>,
}

#[derive(Template)]
#[template(path = "public/news_item.html")]
struct NewsItemPage {
    shell: Shell,
    title: String,
    facts: NewsFacts,
    date: String,
    iso_date: String,
    html: Arc<str>,
    /// Whether the item is no longer public: its page says so instead of the text.
    has_ended: bool,
    /// The page that it leads to once it has ended.
    successor: Option<domain::publication::news::WebAddress>,
}

#[get("/news")]
pub async fn list(app: Data<App>, shell: Shell, req: HttpRequest) -> Result<HttpResponse, Problem> {
    news_page(&app, shell, &Fields::of_query(&req), None).await
}

/// The news of a calendar year, in Japan: four digits. The numbers of items have five.
#[get("/news/{year:20[0-9][0-9]}")]
pub async fn of_year(
    app: Data<App>,
    shell: Shell,
    year: Path<i32>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    news_page(&app, shell, &Fields::of_query(&req), Some(*year)).await
}

#[get("/news/{id}")]
pub async fn show(app: Data<App>, shell: Shell, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let number = id.parse().map_err(|_| Problem::NotFound)?;
    let it = shelf.numbered(PublicationKind::News, number, now).ok_or(Problem::NotFound)?;
    let Facts::News(facts) = it.facts.clone() else { return Err(Problem::NotFound) };
    let html = shelf.text(&app.db, it, markup::html).await?.unwrap_or_default();
    let has_ended = it.state.phase(now) != Phase::Current;
    let day = japan_date(it.from());
    let date = long_date(day);
    let title = it.title.to_string();
    let successor = successor::of(&app, it.id, has_ended).await?;
    page::html(&NewsItemPage {
        shell,
        title,
        facts,
        date,
        iso_date: iso_date(day),
        html,
        has_ended,
        successor,
    })
}

/// Returns the newest items that are public, pinned ones first.
pub fn latest(shelf: &Shelf, now: DateTime<Utc>, most: usize) -> Vec<NewsLine> {
    let first = pinned_first(items(shelf, now)).into_iter().take(most);
    first.map(|(it, news)| line(it, news)).collect()
}

/// Returns the items that are public, newest first.
fn items(shelf: &Shelf, now: DateTime<Utc>) -> impl Iterator<Item = (&ShelvedPublication, &NewsFacts)> {
    shelf.current(PublicationKind::News, now).filter_map(|it| match &it.facts {
        Facts::News(news) => Some((it, news)),
        Facts::Guide(_) | Facts::Example(_) | Facts::Gathering(_) | Facts::Campaign(_) | Facts::Survey(_) => {
            None
        }
    })
}

fn pinned_first<'a>(
    items: impl Iterator<Item = (&'a ShelvedPublication, &'a NewsFacts)>,
) -> Vec<(&'a ShelvedPublication, &'a NewsFacts)> {
    let mut items: Vec<_> = items.collect();
    items.sort_by_key(|(_, news)| !news.pinned);
    items
}

async fn news_page(
    app: &App,
    shell: Shell,
    query: &Fields,
    year: Option<i32>,
) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let category = NewsCategory::from_code(query.get("category"));
    let of = |it: &ShelvedPublication| japan_date(it.from()).year();
    let mut years: Vec<_> = items(&shelf, now).map(|(it, _)| of(it)).collect();
    years.dedup();
    let chosen = items(&shelf, now).filter(|(it, news)| {
        year.is_none_or(|year| of(it) == year) && category.is_none_or(|it| news.category == it)
    });
    let chosen = pinned_first(chosen);
    let path = year.map_or_else(|| "/news".to_owned(), |it| format!("/news/{it}"));
    let address = category.map_or_else(|| path.clone(), |it| format!("{path}?category={}", it.code()));
    let heading = year.map_or_else(|| "お知らせ".to_owned(), |it| format!("{it}年のお知らせ"));
    let page = ListPage::of(chosen, query.get("page"), address).map(|(it, news)| line(it, news));
    page::html(&NewsPage { shell, heading, page, category, years, year })
}

fn line(it: &ShelvedPublication, news: &NewsFacts) -> NewsLine {
    NewsLine {
        address: url::publication(PublicationKind::News, it.number),
        title: it.title.to_string(),
        category: news.category,
        pinned: news.pinned,
        date: table_date(it.from()),
        iso_date: iso_date(it.from()),
    }
}

impl NewsPage {
    fn path(&self) -> String {
        self.year.map_or_else(|| "/news".to_owned(), |it| format!("/news/{it}"))
    }

    /// Returns whether the list is the archive of a year.
    fn is_of(&self, year: &i32) -> bool {
        self.year == Some(*year)
    }
}
