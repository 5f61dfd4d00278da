//! The start page and the pages that the footer leads to.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;

use super::{
    campaign::season,
    events::{EventLine, coming},
    news::{NewsLine, latest},
};
use crate::{
    app::App,
    problem::Problem,
    web::kit::page::{self, Shell},
};

/// The number of items of news on the start page.
const LATEST: usize = 3;

/// The number of events on the start page.
const COMING: usize = 3;

#[derive(Template)]
#[template(path = "public/start.html")]
struct Start {
    shell: Shell,
    news: Vec<NewsLine>,
    events: Vec<EventLine>,
    /// The telework month in its season: its title, its address, and its sentence.
    campaign: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "public/privacy.html")]
struct Privacy {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "public/accessibility.html")]
struct Accessibility {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "public/help.html")]
struct Help {
    shell: Shell,
}

#[get("/")]
pub async fn start(app: Data<App>, shell: Shell) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let news = latest(&shelf, app.clock.now(), LATEST);
    let events = coming(&app, &shelf, COMING).await?;
    let campaign = season(&shelf, app.clock.now());
    page::html(&Start { shell, news, events, campaign })
}

#[get("/privacy")]
pub async fn privacy(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&Privacy { shell })
}

#[get("/accessibility")]
pub async fn accessibility(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&Accessibility { shell })
}

#[get("/help")]
pub async fn help(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&Help { shell })
}
