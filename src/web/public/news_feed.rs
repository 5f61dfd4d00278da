//! The feed of news.
use actix_web::{HttpResponse, get, web::Data};
use domain::publication::{Facts, PublicationKind};

use super::atom::{AtomItem, answer};
use crate::{app::App, problem::Problem};

/// The number of items in the feed.
const IN_FEED: usize = 50;

#[get("/news.atom")]
pub async fn atom(app: Data<App>) -> Result<HttpResponse, Problem> {
    let (shelf, now) = (app.shelf_to_show().await?, app.clock.now());
    let items = shelf.current(PublicationKind::News, now).take(IN_FEED).map(|it| {
        let category = match &it.facts {
            Facts::News(news) => news.category.label(),
            Facts::Guide(_)
            | Facts::Example(_)
            | Facts::Gathering(_)
            | Facts::Campaign(_)
            | Facts::Survey(_) => "",
        };
        AtomItem { publication: it, category, summary: None }
    });
    answer(&app, PublicationKind::News, "お知らせ", &items.collect::<Vec<_>>()).await
}
