//! The files that search engines read, and the one for people who have found a fault of security.
use std::fmt::Write;

use actix_web::{HttpResponse, get, web::Data};
use chrono::Days;
use domain::{
    publication::{PublicationKind, example::index::ExampleSearch},
    wording::iso_date,
};

use crate::{app::App, problem::Problem, url, web::kit::page::Shell};

/// The public pages that always exist.
const PAGES: [&str; 14] = [
    "/",
    "/apply",
    "/desks",
    "/help",
    "/privacy",
    "/accessibility",
    "/news",
    "/guide",
    "/cases",
    "/events",
    "/month",
    "/surveys",
    "/network",
    "/stats",
];

/// The most addresses of a site map.
const MOST_ADDRESSES: usize = 50_000;

/// The pages that are of no use in a search: they belong to one visitor, or to the staff.
const PRIVATE: [&str; 21] = [
    "/apply/",
    "/my",
    "/l/",
    "/m/",
    "/f/",
    "/e/",
    "/a/",
    "/o/",
    "/q/",
    "/network/mentor/",
    "/network/question/",
    "/network/answer/",
    "/u/",
    "/login",
    "/preview/",
    "/staff",
    "/expert",
    // The page of desks for the public begins with the same letters.
    "/desk$",
    "/desk/",
    "/admin",
    "/calendar/",
];

#[get("/robots.txt")]
pub async fn robots(app: Data<App>) -> Result<HttpResponse, Problem> {
    let mut text = "User-agent: *\n".to_owned();
    for path in PRIVATE {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "Disallow: {path}");
    }
    let _ = writeln!(text, "Sitemap: {}", app.site.absolute("/sitemap.xml"));
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// The number of days after which the contact has to be read again; RFC 9116 recommends less than a year.
const CONTACT_DAYS: u64 = 90;

/// Tells whom to write to about a fault of security (RFC 9116).
#[get("/.well-known/security.txt")]
pub async fn security(app: Data<App>, shell: Shell) -> Result<HttpResponse, Problem> {
    let expires = app.clock.now().date_naive() + Days::new(CONTACT_DAYS);
    let text = format!(
        "Contact: mailto:{}\nExpires: {}T00:00:00Z\nPreferred-Languages: ja, en\nCanonical: {}\n",
        shell.settings.center_email,
        iso_date(expires),
        app.site.absolute("/.well-known/security.txt"),
    );
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

#[get("/sitemap.xml")]
pub async fn sitemap(app: Data<App>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset \
        xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
    let mut text = head.to_owned();
    for path in PAGES {
        let _ = writeln!(text, "<url><loc>{}</loc></url>", app.site.absolute(path));
    }
    let all = ExampleSearch::default();
    let examples = app.examples(|it| it.search(&all, now, 0, MOST_ADDRESSES).page).await?;
    let on_shelf = PublicationKind::ALL.into_iter().filter(|it| *it != PublicationKind::Example);
    let on_shelf = on_shelf.flat_map(|kind| shelf.current(kind, now));
    let on_shelf = on_shelf.map(|it| (it.facts.kind(), it.number, it.from()));
    let examples = examples.iter().map(|it| (PublicationKind::Example, it.number, it.from));
    for (kind, number, from) in on_shelf.chain(examples).take(MOST_ADDRESSES - PAGES.len()) {
        let path = app.site.absolute(&url::publication(kind, number));
        let _ = writeln!(text, "<url><loc>{path}</loc><lastmod>{}</lastmod></url>", iso_date(from));
    }
    text.push_str("</urlset>\n");
    Ok(HttpResponse::Ok().content_type("application/xml; charset=utf-8").body(text))
}
