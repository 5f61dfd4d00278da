//! The start page and the pages that the footer leads to.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    problem::Problem,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "public/start.html")]
struct Start {
    shell: Shell,
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
pub async fn start(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&Start { shell })
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
