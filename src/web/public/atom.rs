//! A feed of publications (RFC 4287), newest first.
use actix_web::HttpResponse;
use atom_syndication::{Category, Entry, Feed, FixedDateTime, Link, Person, Text};
use chrono::{DateTime, Utc};
use domain::{calendar::jst, publication::PublicationKind};

use crate::{app::App, problem::Problem, store::publication::shelf::ShelvedPublication, url, web::kit::page};

/// One publication in a feed.
pub struct AtomItem<'a> {
    pub publication: &'a ShelvedPublication,
    /// The words that sort it among its like.
    pub category: &'static str,
    pub summary: Option<String>,
}

/// Answers with the feed of publications of a kind. `name` is the word for them in its title.
pub async fn answer(
    app: &App,
    kind: PublicationKind,
    name: &str,
    items: &[AtomItem<'_>],
) -> Result<HttpResponse, Problem> {
    let settings = page::settings(app).await?;
    let at = |it: DateTime<Utc>| -> FixedDateTime { it.with_timezone(&jst()) };
    let entries = items.iter().map(|it| {
        let address = app.site.absolute(&url::publication(kind, it.publication.number));
        Entry {
            title: Text::plain(it.publication.title.to_string()),
            id: address.clone(),
            updated: at(it.publication.from()),
            published: Some(at(it.publication.from())),
            summary: it.summary.clone().map(Text::plain),
            links: vec![Link { href: address, ..Link::default() }],
            categories: vec![Category { term: it.category.to_owned(), ..Category::default() }],
            ..Entry::default()
        }
    });
    let newest = items.iter().map(|it| it.publication.from()).max().unwrap_or(DateTime::UNIX_EPOCH);
    let list = app.site.absolute(&format!("/{}", kind.code()));
    let own = format!("{list}.atom");
    let feed = Feed {
        title: Text::plain(format!("{}の{name}", settings.center_name)),
        id: own.clone(),
        updated: at(newest),
        links: vec![
            Link { href: own, rel: "self".to_owned(), ..Link::default() },
            Link { href: list, ..Link::default() },
        ],
        authors: vec![Person { name: settings.center_name, ..Person::default() }],
        entries: entries.collect(),
        lang: Some("ja".to_owned()),
        ..Feed::default()
    };
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(feed.to_string()))
}
