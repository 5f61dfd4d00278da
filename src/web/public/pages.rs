//! The start page and the pages that the footer leads to.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use domain::publication::example::Industry;

use super::{
    campaign::season,
    events::{EventLine, coming},
    examples::{ExampleLine, for_start},
    news::{NewsLine, latest},
};
use crate::{
    app::App,
    problem::Problem,
    store,
    web::kit::{
        page::{self, Shell},
        session::Visitor,
    },
};

/// The number of items of news on the start page.
const LATEST: usize = 3;

/// The number of events on the start page.
const COMING: usize = 3;

/// The number of examples on the start page.
const EXAMPLES: usize = 3;

#[derive(Template)]
#[template(path = "public/start.html")]
struct Start {
    shell: Shell,
    news: Vec<NewsLine>,
    events: Vec<EventLine>,
    /// Examples of the visitor's industry, if it is known; else of those with the most examples.
    examples: Vec<ExampleLine>,
    /// The industry of the company that is signed in.
    industry: Option<Industry>,
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
pub async fn start(app: Data<App>, shell: Shell, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let news = latest(&shelf, app.clock.now(), LATEST);
    let events = coming(&app, &shelf, COMING).await?;
    let campaign = season(&shelf, app.clock.now());
    let industry = industry(&app, &visitor).await?;
    let (examples, industry) = for_start(&app, industry, EXAMPLES).await?;
    page::html(&Start { shell, news, events, examples, industry, campaign })
}

/// Returns the industry of the newest consultation of the company that is signed in.
async fn industry(app: &App, visitor: &Visitor) -> Result<Option<Industry>, Problem> {
    let Some(email_key) = &visitor.company else { return Ok(None) };
    let records = store::consultation::of_contact(&app.db, email_key).await?;
    Ok(records.iter().max_by_key(|it| it.received_at).and_then(|it| it.industry))
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
