//! The administrator's start page: counts of the reference data, and whether anything needs attention.
use actix_web::{HttpResponse, get, web::Data};
use askama::Template;
use domain::{actor::Role, calendar::japan_date, number::FiscalYear};

use super::{Tab, tabs};
use crate::{
    app::App,
    mail::text::TextKind,
    problem::Problem,
    store,
    web::kit::{
        page::{self, Shell},
        session::Administrator,
    },
};

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    /// The numbers of active people, by role.
    people: Vec<(Role, i64)>,
    themes: usize,
    desks: usize,
    closing_days: usize,
    year: String,
    /// Whether the current fiscal year has settings of its own.
    has_settings: bool,
    /// The mail texts that have faults; the shipped texts are sent in their place.
    broken: Vec<TextKind>,
    start_year: i32,
    /// The number of closed accounts that still hold work.
    unfinished: usize,
}

#[get("/admin")]
pub async fn show(app: Data<App>, shell: Shell, _: Administrator) -> Result<HttpResponse, Problem> {
    let today = japan_date(app.clock.now());
    let year = FiscalYear::of(today).map_err(anyhow::Error::from)?;
    let programme = app.programme().await?;
    let counts = store::accounts::account::count_by_role(&app.db).await?;
    let desks = store::reference::desk::all(&app.db).await?;
    page::html(&OverviewPage {
        shell,
        tabs: tabs("/admin"),
        people: Role::ALL.map(|it| (it, counts.get(it.code()).copied().unwrap_or(0))).to_vec(),
        themes: programme.themes.len(),
        desks: desks.iter().filter(|it| it.active).count(),
        closing_days: programme.closing_days.range(today..).count(),
        year: year.label(),
        has_settings: programme.version(year) > 0,
        broken: programme.texts.broken(year.start_year()),
        start_year: year.start_year(),
        unfinished: store::accounts::unfinished::unfinished(&app.db, app.clock.now()).await?.len(),
    })
}
