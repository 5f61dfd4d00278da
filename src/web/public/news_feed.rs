//! The feed of news (RFC 4287).
use actix_web::{HttpResponse, get, web::Data};
use atom_syndication::{Category, Entry, Feed, FixedDateTime, Link, Text};
use chrono::{DateTime, Utc};
use domain::{
    calendar::jst,
    publication::{Facts, PublicationKind},
};

use crate::{app::App, problem::Problem, url, web::kit::page};

/// The number of items in the feed.
const IN_FEED: usize = 50;

#[get("/news.atom")]
pub async fn atom(app: Data<App>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let settings = page::settings(&app).await?;
    let at = |it: DateTime<Utc>| -> FixedDateTime { it.with_timezone(&jst()) };
    let items: Vec<_> = shelf.current(PublicationKind::News, now).take(IN_FEED).collect();
    let entries = items.iter().map(|it| {
        let address = app.site.absolute(&url::publication(PublicationKind::News, it.number));
        let category = match &it.facts {
            Facts::News(news) => news.category.label(),
            Facts::Guide(_) | Facts::Example(_) | Facts::Gathering(_) => "",
        };
        Entry {
            title: Text::plain(it.title.to_string()),
            id: address.clone(),
            updated: at(it.from()),
            published: Some(at(it.from())),
            links: vec![Link { href: address, ..Link::default() }],
            categories: vec![Category { term: category.to_owned(), ..Category::default() }],
            ..Entry::default()
        }
    });
    let newest = items.iter().map(|it| it.from()).max().unwrap_or(DateTime::UNIX_EPOCH);
    let own = app.site.absolute("/news.atom");
    let feed = Feed {
        title: Text::plain(format!("{}のお知らせ", settings.center_name)),
        id: own.clone(),
        updated: at(newest),
        links: vec![
            Link { href: own, rel: "self".to_owned(), ..Link::default() },
            Link { href: app.site.absolute("/news"), ..Link::default() },
        ],
        authors: vec![atom_syndication::Person { name: settings.center_name, ..Default::default() }],
        entries: entries.collect(),
        lang: Some("ja".to_owned()),
        ..Feed::default()
    };
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(feed.to_string()))
}
