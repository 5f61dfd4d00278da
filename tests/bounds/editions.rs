//! The edition of a month: the time in which it is counted among 200,000 consultations, the memory that it takes, and the
//! public page of all editions against a bare page of the same size.
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    web::{self, ServiceConfig},
};
use chrono::TimeDelta;
use domain::statistics::{figures::FigureTable, month::EditionMonth};
use madoguchi::{app::App, demo, ops, store};

use crate::{
    EXPERTS, LARGE,
    client::{Client, get, throughput},
    server::{serve, serve_bare},
    table::Table,
};

/// The months before this one that are counted.
const MONTHS: usize = 12;

const LASTING: Duration = Duration::from_secs(1);

/// The page that the bare service answers with.
static BARE: Mutex<String> = Mutex::new(String::new());

/// Fills a database, and measures it.
pub async fn fill(table: &mut Table, engine: &'static str, app: &App) {
    demo::fill::run(&app.writer, LARGE, EXPERTS, 1, app.clock.now()).await.unwrap();
    store::table_sizes::learn(&app.db).await.unwrap();
    measure(table, engine, app).await;
}

/// Measures the month with the most consultations of the last year, and a time of all consultations, as if they had been
/// received in one month.
pub async fn measure(table: &mut Table, engine: &'static str, app: &App) {
    let mut month = EditionMonth::at(app.clock.now()).previous();
    let (mut slowest, mut largest) = (0.0_f64, 0);
    for _ in 0..MONTHS {
        let started = Instant::now();
        let content = ops::statistics::edition::count_now(app, month).await.unwrap();
        slowest = slowest.max(started.elapsed().as_secs_f64());
        largest = largest.max(content.all.sum(FigureTable::Received));
        month = month.previous();
    }
    let what = format!("edition of a month among 200,000 consultations, {engine}");
    table.at_most(what, slowest, "s", 30.0);
    table.note(format!("The largest month had {largest} consultations on {engine}."));

    let few = grown(app, EditionMonth::at(app.clock.now() - TimeDelta::days(900))).await;
    let (all, (took, received)) = grown_in_all(app).await;
    let what = format!("edition of a month with {received} consultations, {engine}");
    table.at_most(what, took, "s", 30.0);
    let what = format!("memory for it beyond that for a month without any, {engine}");
    table.at_most(what, (all - few).max(0.0), "MB", 32.0);
    public_page(table, engine, app).await;
}

/// Closes and releases all months, and compares their public page with a bare one of the same size.
async fn public_page(table: &mut Table, engine: &'static str, app: &App) {
    while ops::statistics::edition::close_due(app).await.unwrap() {}
    ops::statistics::edition::release_due(app).await.unwrap();
    let address = serve(app.clone());
    let (status, length) = Client::connect(address).await.exchange(&get("/stats", "")).await;
    assert_eq!(status, 200);
    *BARE.lock().unwrap_or_else(PoisonError::into_inner) = "a".repeat(length);
    let bare = serve_bare(bare_routes, app);
    let bound = throughput(bare, &get("/page", ""), 200, LASTING).await;
    let page = throughput(address, &get("/stats", ""), 200, LASTING).await;
    let what = format!("/stats for the public ÷ bare page of the same size, {engine}");
    table.at_least(what, page / bound, 0.3);
}

fn bare_routes(cfg: &mut ServiceConfig) {
    cfg.route("/page", web::get().to(page));
}

async fn page() -> HttpResponse {
    let body = BARE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body)
}

/// Counts one month, and returns the memory by which the process has grown meanwhile.
async fn grown(app: &App, month: EditionMonth) -> f64 {
    let before = peak_from_now();
    ops::statistics::edition::count_now(app, month).await.unwrap();
    peak() - before
}

/// Counts the whole time as one month. Returns the memory by which the process has grown, the seconds, and the number of
/// consultations.
async fn grown_in_all(app: &App) -> (f64, (f64, u64)) {
    let now = app.clock.now();
    let calendar = app.programme().await.unwrap().calendar(now);
    let span = (now - TimeDelta::days(800), now);
    let (before, started) = (peak_from_now(), Instant::now());
    let snapshot = app.snapshot().await.unwrap();
    let content = store::statistics::measure::content(&snapshot, span, &calendar, now).await.unwrap();
    snapshot.rollback().await.unwrap();
    let took = started.elapsed().as_secs_f64();
    (peak() - before, (took, content.all.sum(FigureTable::Received)))
}

/// Lets the kernel forget the most memory that the process had, and returns what it has. Megabytes.
fn peak_from_now() -> f64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak()
}

/// Returns the most resident memory that the process had since then. Megabytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
